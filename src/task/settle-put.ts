import { OssServiceError } from '../errors.js'
import { MAX_SKEW_MS } from '../protocol/timestamp.js'
import { isDenied } from './confirm-stored.js'
import type { SendContext } from './effect-context.js'
import { uploadResult } from './send-file.js'
import type { UploadResult } from './upload-result.js'

/**
 * Where nothing may be overwritten, what is in the way may be this upload's own: of a try whose answer was lost. An object of the
 * file's size and CRC-64, stored since the upload began, is taken for that. Without such a try it may as well be somebody else's of
 * the same bytes, so it stays a refusal, which says so: a browser sends a request once more by itself when its connection breaks.
 *
 * @throws what OSS said, when the object is another one, or nobody may tell.
 */
export async function settlePut(
  context: SendContext,
  { refusal, isRepeat }: { readonly refusal: unknown; readonly isRepeat: boolean },
  signal: AbortSignal,
): Promise<UploadResult> {
  const isInTheWay = refusal instanceof OssServiceError && refusal.code === 'already-exists'
  if (!isInTheWay) throw refusal
  const { client, environment, file, job, key, rank, startedAt } = context
  const head = await client.head(key, { rank, signal }).catch((error) => {
    throw isDenied(error) ? new OssServiceError(whoseIsUnknown(key), refusal) : error
  })
  if (head?.size !== job.size) throw refusal
  const { modifiedAt = Number.POSITIVE_INFINITY } = head
  if (modifiedAt < client.serverTimeAt(startedAt) - MAX_SKEW_MS) throw refusal
  if (head.crc64 === undefined) throw new OssServiceError(whoseIsUnknown(key), refusal)
  const crc64 = await environment.hasher.crc64(file, signal)
  if (head.crc64 !== String(crc64)) throw refusal
  if (!isRepeat) throw new OssServiceError(sameBytes(key), refusal)
  return uploadResult(context, { ...head, requestId: '' }, crc64)
}

function whoseIsUnknown(key: string): string {
  return `OSS has "${key}" already, and nothing was stored over it. It may be this file, of a try whose answer was lost, but this page may not look at it: look at it on the server, or allow oss:GetObject and expose x-oss-hash-crc64ecma.`
}

function sameBytes(key: string): string {
  return `OSS has "${key}" already, with exactly this file's bytes, stored a short while ago: by another upload, or by this one, if the browser sent it twice. Nothing was stored over it; choose another key if it has to be a new object.`
}
