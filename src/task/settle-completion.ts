import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import { isOssUploadError, OssProtocolError } from '../errors.js'
import type { StoredObject } from '../protocol/replies.js'
import type { EffectContext } from './effect-context.js'
import { objectCrc64 } from './object-crc64.js'

/**
 * OSS forgets an upload that it completed. When a Complete was not answered and its repetition says "no such upload", the object
 * itself tells: same size and same CRC-64 mean that the first one took effect.
 *
 * @param refusal - What the repetition said; thrown on when the object is another one, or none.
 * @throws OssProtocolError (`completion-unknown`) where the object may not be looked at.
 */
export async function settleCompletion(
  { client, key, rank }: EffectContext,
  parts: readonly AcknowledgedPart[],
  refusal: unknown,
  signal: AbortSignal,
): Promise<StoredObject> {
  const head = await client.head(key, { rank, signal }).catch((error) => {
    if (isOssUploadError(error) && error.code === 'access-denied') throw unknown(key, error)
    throw error
  })
  const crc64 = objectCrc64(parts)
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  if (head?.size !== size) throw refusal
  if (head.crc64 === undefined || crc64 === undefined) throw unknown(key, refusal)
  if (head.crc64 !== String(crc64)) throw refusal
  return { etag: head.etag ?? '', crc64: head.crc64, versionId: head.versionId, requestId: '' }
}

function unknown(key: string, cause: unknown): OssProtocolError {
  return new OssProtocolError(
    `The answer to the completion of "${key}" was lost, and this page may not look at the object: look at it on the server, or allow oss:GetObject and expose x-oss-hash-crc64ecma.`,
    { code: 'completion-unknown', retryable: false, cause },
  )
}
