import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import { isOssUploadError, OssChecksumError } from '../errors.js'
import { partRange } from '../plan/part-plan.js'
import type { StoredObject } from '../protocol/replies.js'
import type { EffectContext } from './effect-context.js'
import type { TaskEffect } from './effects.js'
import { assertReadable, exactSlice } from './file-reading.js'
import type { UploadResult } from './upload-result.js'

/** The part number under which the single PutObject reports progress. */
const WHOLE_FILE = 1

/** @throws OssUploadError, or the signal's reason. */
export async function uploadPart(
  context: EffectContext,
  { uploadId, partNumber, plan }: Extract<TaskEffect, { type: 'uploadPart' }>,
  signal: AbortSignal,
): Promise<AcknowledgedPart> {
  const { client, environment, file, key, options, verify } = context
  const { start, end } = partRange(plan, partNumber)
  const slice = exactSlice(file, start, end)
  const address = { key, uploadId, partNumber }
  const { stored, crc64 } = await sendVerified(context, slice, partNumber, signal, async (call) => {
    const md5 =
      verify === 'crc64+md5' ? await environment.hasher.md5(slice, call.signal) : undefined
    return client.uploadPart(address, slice, options, md5, call)
  })
  assertSameCrc64(stored.crc64, crc64, `Part ${partNumber} of "${key}"`, true)
  return {
    partNumber,
    etag: stored.etag,
    size: slice.size,
    crc64: crc64?.toString(),
  }
}

/** The whole file by one request. @throws OssUploadError, or the signal's reason. */
export async function putObject(
  context: EffectContext,
  signal: AbortSignal,
): Promise<UploadResult> {
  const { client, file, key, options, job } = context
  const body = exactSlice(file, 0, job.size)
  // Nothing else would read an empty file, and a deleted one looks the same.
  if (job.size === 0) await assertReadable(file)
  const { stored, crc64 } = await sendVerified(context, body, WHOLE_FILE, signal, (call) =>
    client.putObject(key, body, options, call),
  )
  assertSameCrc64(stored.crc64, crc64, `"${key}"`, true)
  return uploadResult(context, stored, crc64)
}

type SendCall = { rank: number; signal: AbortSignal; onProgress: (sentBytes: number) => void }

/** Sends a slice while its CRC-64 is computed; the failure of either stops the other. */
async function sendVerified<Stored>(
  context: EffectContext,
  slice: Blob,
  partNumber: number,
  signal: AbortSignal,
  send: (call: SendCall) => Promise<Stored>,
): Promise<{ stored: Stored; crc64: bigint | undefined }> {
  const { environment, rank, verify } = context
  const both = new AbortController()
  const onAbort = () => both.abort(signal.reason)
  signal.throwIfAborted()
  signal.addEventListener('abort', onAbort, { once: true })
  const onProgress = (sentBytes: number) => context.onProgress(partNumber, sentBytes)
  try {
    const [stored, crc64] = await Promise.all([
      send({ rank, signal: both.signal, onProgress }),
      verify === 'none' ? undefined : environment.hasher.crc64(slice, both.signal),
    ])
    return { stored, crc64 }
  } catch (error) {
    both.abort()
    onProgress(0)
    // A file that cannot be read looks to the browser's network code like a line that broke.
    if (isOssUploadError(error) && error.code !== 'file-unreadable' && !error.status) {
      await assertReadable(slice)
    }
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
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

export function uploadResult(
  { bucket, key, job }: Pick<EffectContext, 'bucket' | 'key' | 'job'>,
  stored: StoredObject,
  crc64: bigint | undefined,
): UploadResult {
  return {
    key,
    bucket,
    etag: stored.etag,
    crc64: crc64?.toString() ?? stored.crc64 ?? '',
    size: job.size,
    verified: crc64 !== undefined && stored.crc64 !== undefined,
    versionId: stored.versionId,
    requestId: stored.requestId,
  }
}
