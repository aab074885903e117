import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import type { OssClient } from '../client/oss-client.js'
import { isOssUploadError, OssChecksumError, OssProtocolError } from '../errors.js'
import type { PartAddress } from '../protocol/operations.js'
import type { ListedPart, ObjectHead, StoredBytes, StoredObject } from '../protocol/replies.js'
import type { EffectContext } from './effect-context.js'

type Header = 'ETag' | 'x-oss-hash-crc64ecma'

/** What the bucket's CORS rule was found to hide, for each uploader. */
const hidden = new WeakMap<OssClient, Set<Header>>()
/** Looking at an object tells these uploaders nothing: they may not, or CORS hides that as well. */
const headTellsNothing = new WeakSet<OssClient>()

/** Says once for an uploader which line the bucket's CORS rule lacks. */
export function noteHidden({ client, verify }: EffectContext, { etag, crc64 }: StoredBytes): void {
  if (etag === undefined) note(client, 'ETag')
  if (crc64 === undefined && verify !== 'none') note(client, 'x-oss-hash-crc64ecma')
}

export function isCrc64Hidden(client: OssClient): boolean {
  return hidden.get(client)?.has('x-oss-hash-crc64ecma') ?? false
}

function note(client: OssClient, header: Header): void {
  const headers = hidden.get(client) ?? new Set()
  if (headers.has(header)) return
  hidden.set(client, headers.add(header))
  console.warn(`oss-direct-upload: ${cureOf(header)}`)
}

function cureOf(header: Header): string {
  return `the page cannot read ${header} of OSS's answers: add <ExposeHeader>${header}</ExposeHeader> to the bucket's CORS rule.`
}

/**
 * A part whose ETag the page cannot read is completed by the one OSS lists.
 *
 * @throws OssProtocolError (`cors`) where parts may not be listed either.
 */
export async function listedPart(
  { client, key, rank }: EffectContext,
  address: PartAddress,
  size: number,
  signal: AbortSignal,
): Promise<ListedPart> {
  const part = await client.findPart(address, { rank, signal }).catch((error) => {
    throw isDenied(error) ? unknownEtag(key, error) : error
  })
  if (part?.size === size) return part
  throw new OssProtocolError(
    `OSS answered part ${address.partNumber} of "${key}" and does not list it: does a proxy answer in place of OSS?`,
    { code: 'protocol', retryable: true },
  )
}

export interface Comparison {
  /** OSS does not have them, or has them otherwise. */
  readonly lost: readonly number[]
  /** OSS lists each part with the CRC-64 of the file's. */
  readonly isVerified: boolean
}

/** Parts as they are to be completed against what OSS lists; `undefined` where the token may not list. */
export async function compareWithListed(
  { client, key, rank }: EffectContext,
  uploadId: string,
  parts: readonly AcknowledgedPart[],
  signal: AbortSignal,
): Promise<Comparison | undefined> {
  try {
    const listed = await client.listParts(key, uploadId, { rank, signal })
    const byNumber = new Map(listed.map((part) => [part.partNumber, part]))
    const found = parts.map((part) => [part, byNumber.get(part.partNumber)] as const)
    return {
      lost: found.filter((pair) => !isSame(...pair)).map(([{ partNumber }]) => partNumber),
      isVerified: found.every(
        ([{ crc64 }, other]) => crc64 !== undefined && other?.crc64 === crc64,
      ),
    }
  } catch (error) {
    if (isDenied(error)) return undefined
    throw error
  }
}

function isSame(part: AcknowledgedPart, listed: ListedPart | undefined): boolean {
  if (!listed || listed.size !== part.size || bare(listed.etag) !== bare(part.etag)) return false
  return !part.crc64 || !listed.crc64 || part.crc64 === listed.crc64
}

/**
 * Fills in from the object itself what the answer to its upload did not let the page read.
 *
 * @throws OssProtocolError where the page can read nothing that shows that OSS has it; OssChecksumError for other bytes.
 */
export async function confirmObject(
  context: EffectContext,
  stored: StoredObject,
  crc64: bigint | undefined,
  signal: AbortSignal,
  canSendAgain = true,
): Promise<StoredObject> {
  const { client, key, job, rank } = context
  // Without any of OSS's own headers it may be anyone's answer.
  const isProven = Boolean(stored.etag ?? stored.crc64) || stored.callback?.status === 'failed'
  const isCompared = crc64 === undefined || stored.crc64 !== undefined
  if (isProven && (isCompared || headTellsNothing.has(client))) return stored
  const head = await client.head(key, { rank, signal }).catch((error) => {
    signal.throwIfAborted()
    if (isDenied(error)) headTellsNothing.add(client)
    // Whoever says that it is not there: it is not confirmed.
    if (isProven || isNotFound(error)) return undefined
    throw isDenied(error) ? unknownEtag(key, error) : error
  })
  if (head && head.crc64 === undefined) headTellsNothing.add(client)
  if (!head || !isOf(head, stored, job.size)) {
    if (isProven) return stored
    throw new OssProtocolError(
      `OSS does not have "${key}" as it was sent: does a proxy answer in place of OSS?`,
      { code: 'protocol', retryable: true },
    )
  }
  assertSameCrc64(head.crc64, crc64, `"${key}"`, canSendAgain)
  return { ...stored, etag: stored.etag ?? head.etag, crc64: head.crc64 }
}

/** Another upload may have replaced it by now. */
function isOf(head: ObjectHead, { etag }: StoredObject, size: number): boolean {
  return head.size === size && (!etag || !head.etag || head.etag === etag)
}

export function assertSameCrc64(
  stored: string | undefined,
  computed: bigint | undefined,
  what: string,
  retryable: boolean,
): void {
  if (stored === undefined || computed === undefined || stored === String(computed)) return
  throw new OssChecksumError(
    `${what} arrived as other bytes than were read (CRC-64 ${stored}, expected ${computed}): upload the file again.`,
    { code: 'checksum', retryable },
  )
}

function unknownEtag(key: string, cause: unknown): OssProtocolError {
  return new OssProtocolError(
    `OSS took "${key}", but ${cureOf('ETag')} Or allow oss:ListParts (for files of several parts) and oss:GetObject.`,
    { code: 'cors', retryable: false, cause },
  )
}

function isDenied(error: unknown): boolean {
  return isOssUploadError(error) && error.code === 'access-denied'
}

function isNotFound(error: unknown): boolean {
  return isOssUploadError(error) && error.status === 404
}

function bare(etag: string): string {
  return etag.replaceAll('"', '')
}
