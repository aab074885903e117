import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import { OssProtocolError } from '../errors.js'
import type { PartAddress } from '../protocol/multipart-operations.js'
import type { ListedPart } from '../protocol/multipart-replies.js'
import { isDenied, unknownEtag } from './confirm-stored.js'
import type { EffectContext } from './effect-context.js'

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

function bare(etag: string): string {
  return etag.replaceAll('"', '')
}
