import type { OssClient } from '../client/oss-client.js'
import { isOssUploadError, OssChecksumError, OssProtocolError } from '../errors.js'
import type { ObjectHead, StoredBytes, StoredObject } from '../protocol/replies.js'
import type { SendContext } from './effect-context.js'

type Header = 'ETag' | 'x-oss-hash-crc64ecma'

/** This uploader may not look at objects, or CORS hides that as well. */
const HEAD_TELLS_NOTHING = 'head'

/** Says once for an uploader which line the bucket's CORS rule lacks. */
export function noteHidden({ client, verify }: SendContext, { etag, crc64 }: StoredBytes): void {
  if (etag === undefined) note(client, 'ETag')
  if (crc64 === undefined && verify !== 'none') note(client, 'x-oss-hash-crc64ecma')
}

export function isCrc64Hidden({ found }: OssClient): boolean {
  return found.has('x-oss-hash-crc64ecma')
}

function note({ found }: OssClient, header: Header): void {
  if (found.has(header)) return
  found.add(header)
  console.warn(`oss-direct-upload: ${cureOf(header)}`)
}

function cureOf(header: Header): string {
  return `the page cannot read ${header} of OSS's answers: add <ExposeHeader>${header}</ExposeHeader> to the bucket's CORS rule.`
}

/**
 * Fills in from the object itself what the answer to its upload did not let the page read.
 *
 * @throws OssProtocolError where the page can read nothing that shows that OSS has it; OssChecksumError for other bytes.
 */
export async function confirmObject(
  context: SendContext,
  stored: StoredObject,
  crc64: bigint | undefined,
  signal: AbortSignal,
  canSendAgain = true,
): Promise<StoredObject> {
  const { client, key, job, rank } = context
  // Without any of OSS's own headers it may be anyone's answer.
  const isProven = Boolean(stored.etag ?? stored.crc64) || stored.callback?.status === 'failed'
  const isCompared = crc64 === undefined || stored.crc64 !== undefined
  if (isProven && (isCompared || client.found.has(HEAD_TELLS_NOTHING))) return stored
  const head = await client.head(key, { rank, signal }).catch((error) => {
    signal.throwIfAborted()
    if (isDenied(error)) client.found.add(HEAD_TELLS_NOTHING)
    // Whoever says that it is not there: it is not confirmed.
    if (isProven || isNotFound(error)) return undefined
    throw isDenied(error) ? unknownEtag(key, error) : error
  })
  if (head && head.crc64 === undefined) client.found.add(HEAD_TELLS_NOTHING)
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

export function unknownEtag(key: string, cause: unknown): OssProtocolError {
  return new OssProtocolError(
    `OSS took "${key}", but ${cureOf('ETag')} Or allow oss:ListParts (for files of several parts) and oss:GetObject.`,
    { code: 'cors', retryable: false, cause },
  )
}

export function isDenied(error: unknown): boolean {
  return isOssUploadError(error) && error.code === 'access-denied'
}

function isNotFound(error: unknown): boolean {
  return isOssUploadError(error) && error.status === 404
}
