import { isOssUploadError, OssServiceError } from '../errors.js'
import { MAX_SKEW_MS } from '../protocol/timestamp.js'
import type { SendContext } from './effect-context.js'
import { uploadResult } from './send-file.js'
import type { UploadResult } from './upload-result.js'

/**
 * Where nothing may be overwritten, what is in the way may be this upload's own: of a try whose answer was lost, or that the
 * browser made by itself when its connection broke. An object of the file's size and CRC-64, stored since the upload began, is.
 *
 * @throws what OSS said, when the object is another one, or nobody may tell.
 */
export async function settlePut(
  context: SendContext,
  refusal: unknown,
  signal: AbortSignal,
): Promise<UploadResult> {
  const isInTheWay = refusal instanceof OssServiceError && refusal.code === 'already-exists'
  if (!isInTheWay) throw refusal
  const { client, environment, file, job, key, rank, startedAt } = context
  const head = await client.head(key, { rank, signal }).catch((error) => {
    const isDenied = isOssUploadError(error) && error.code === 'access-denied'
    throw isDenied ? whoseIsUnknown(key, refusal) : error
  })
  if (head?.size !== job.size) throw refusal
  const { modifiedAt = Number.POSITIVE_INFINITY } = head
  if (modifiedAt < client.serverTimeAt(startedAt) - MAX_SKEW_MS) throw refusal
  if (head.crc64 === undefined) throw whoseIsUnknown(key, refusal)
  const crc64 = await environment.hasher.crc64(file, signal)
  if (head.crc64 !== String(crc64)) throw refusal
  return uploadResult(context, { ...head, requestId: '' }, crc64)
}

function whoseIsUnknown(key: string, refusal: OssServiceError): OssServiceError {
  const { code, retryable, ossCode, status, requestId, ec } = refusal
  return new OssServiceError(
    `OSS has "${key}" already, and nothing was stored over it. It may be this file, of a try whose answer was lost, but this page may not look at it: look at it on the server, or allow oss:GetObject and expose x-oss-hash-crc64ecma.`,
    { code, retryable, ossCode, status, requestId, ec },
  )
}
