import { isOssUploadError, OssProtocolError } from '../errors.js'
import type { EffectContext } from './effect-context.js'
import type { TaskEffect } from './effects.js'
import { objectCrc64 } from './object-crc64.js'
import { uploadResult } from './send-file.js'
import type { UploadResult } from './upload-result.js'

/**
 * OSS forgets an upload that was completed. When it says "no such upload" the object itself tells: the file's size and CRC-64
 * mean that a Complete took effect, of another tab or one whose answer was lost.
 *
 * @throws what OSS said, when the object is another one, or none; OssProtocolError (`completion-unknown`) where it may not be
 * looked at.
 */
export async function settleCompletion(
  context: EffectContext,
  { parts, refusal }: Extract<TaskEffect, { type: 'settleCompletion' }>,
  signal: AbortSignal,
): Promise<UploadResult> {
  const { client, environment, key, rank, file, job } = context
  const head = await client.head(key, { rank, signal }).catch((error) => {
    if (isOssUploadError(error) && error.code === 'access-denied') throw unknown(key, error)
    throw error
  })
  if (head?.size !== job.size) throw refusal
  if (head.crc64 === undefined) throw unknown(key, refusal)
  const bytes = parts.reduce((sum, part) => sum + part.size, 0)
  const ofParts = bytes === job.size ? objectCrc64(parts) : undefined
  // Not every part went through this tab: the file is read, which is much faster than sending it.
  const crc64 = ofParts ?? (await environment.hasher.crc64(file, signal))
  if (head.crc64 !== String(crc64)) throw refusal
  return uploadResult(context, { ...head, etag: head.etag ?? '', requestId: '' }, crc64)
}

function unknown(key: string, cause: unknown): OssProtocolError {
  return new OssProtocolError(
    `The answer to the completion of "${key}" was lost, and this page may not look at the object: look at it on the server, or allow oss:GetObject and expose x-oss-hash-crc64ecma.`,
    { code: 'completion-unknown', retryable: false, cause },
  )
}
