import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import { isOssUploadError, OssProtocolError } from '../errors.js'
import type { PartPlan } from '../plan/part-plan.js'
import type { ObjectHead } from '../protocol/replies.js'
import { MAX_SKEW_MS } from '../protocol/timestamp.js'
import type { EffectContext } from './effect-context.js'
import { objectCrc64 } from './object-crc64.js'
import { uploadResult } from './send-file.js'
import type { UploadResult } from './upload-result.js'

/** What is known of an upload that may have been completed. */
export interface Doubtful {
  readonly plan: PartPlan
  /** Acknowledged to this task; maybe not all. */
  readonly parts: readonly AcknowledgedPart[]
  /** What OSS said. */
  readonly refusal: unknown
  /** When it began, in milliseconds since the epoch, where that is known. */
  readonly startedAt?: number | undefined
}

/**
 * OSS forgets an upload that was completed. When it says "no such upload" the object itself tells: one of the file's size and
 * CRC-64, made of as many parts since the upload began, means that a Complete took effect, of another tab or one whose answer was
 * lost.
 *
 * @throws what OSS said, when the object is another one, or none; OssProtocolError (`completion-unknown`) where it may not be
 * looked at.
 */
export async function settleCompletion(
  context: EffectContext,
  doubtful: Doubtful,
  signal: AbortSignal,
): Promise<UploadResult> {
  const { client, key, rank } = context
  const head = await client.head(key, { rank, signal }).catch((error) => {
    throw isUntold(error) ? unknown(key, error) : error
  })
  if (!head) throw doubtful.refusal
  // Nothing shows that OSS said it: a proxy's page has a size as well.
  const isAnyones = head.etag === undefined && head.crc64 === undefined
  if (isAnyones) throw unknown(key, doubtful.refusal)
  if (!canBeOf(head, doubtful)) throw doubtful.refusal
  if (head.crc64 === undefined) throw unknown(key, doubtful.refusal)
  const crc64 = await fileCrc64(context, doubtful, signal)
  if (head.crc64 !== String(crc64)) throw doubtful.refusal
  return uploadResult(context, { ...head, requestId: '' }, crc64)
}

/** The token does not allow a look, or CORS hides whose answer it is. */
function isUntold(error: unknown): boolean {
  if (!isOssUploadError(error)) return false
  return error.code === 'access-denied' || (error.code === 'cors' && error.status !== undefined)
}

/** Headers that CORS hides speak against nothing. */
function canBeOf(
  { size, etag, modifiedAt = Number.POSITIVE_INFINITY }: ObjectHead,
  { plan, startedAt = 0 }: Doubtful,
): boolean {
  const isOfParts = etag === undefined || etag.replaceAll('"', '').endsWith(`-${plan.count}`)
  return size === plan.size && isOfParts && modifiedAt >= startedAt - MAX_SKEW_MS
}

/** Where not every part went through this task the file is read, which is much faster than sending it. */
async function fileCrc64(
  { environment, file }: EffectContext,
  { plan, parts }: Doubtful,
  signal: AbortSignal,
): Promise<bigint> {
  const ofParts = parts.length === plan.count ? objectCrc64(parts) : undefined
  return ofParts ?? environment.hasher.crc64(file, signal)
}

function unknown(key: string, cause: unknown): OssProtocolError {
  return new OssProtocolError(
    `Whether "${key}" is complete is not known, and this page may not look at the object: look at it on the server, or allow oss:GetObject and expose x-oss-hash-crc64ecma and x-oss-request-id.`,
    { code: 'completion-unknown', retryable: false, cause },
  )
}
