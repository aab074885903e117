import type { Call } from '../client/oss-client.js'
import { isOssUploadError } from '../errors.js'
import { orAborted } from '../or-aborted.js'
import type { StoredObject } from '../protocol/replies.js'
import { assertSameCrc64, confirmObject, noteHidden } from './confirm-stored.js'
import type { SendContext } from './effect-context.js'
import {
  assertReadable,
  assertUnchanged,
  exactSlice,
  noteRead,
  WAKE_WITHIN_MS,
} from './file-reading.js'
import type { UploadResult } from './upload-result.js'
import { withType } from './with-type.js'

/** The part number under which the single PutObject reports progress. */
const WHOLE_FILE = 1

/** The whole file by one request. @throws OssUploadError, or the signal's reason. */
export async function putObject(context: SendContext, signal: AbortSignal): Promise<UploadResult> {
  const { client, file, key, options, job } = context
  const body = exactSlice(file, 0, job.size)
  // Nothing else would read an empty file, and a deleted one looks the same.
  if (job.size === 0) await orAborted(assertReadable(file), signal)
  const { stored, crc64 } = await sendVerified(context, body, WHOLE_FILE, signal, (call) =>
    client.putObject(key, body, withType(options, file), call),
  )
  noteHidden(context, stored)
  // What is damaged is in the way of another try, where nothing may be overwritten.
  const canSendAgain = !options.forbidOverwrite
  assertSameCrc64(stored.crc64, crc64, `"${key}"`, canSendAgain)
  const confirmed = await confirmObject(context, stored, crc64, signal, canSendAgain)
  return uploadResult(context, confirmed, crc64)
}

type SendCall = Required<Call>

/** Sends a slice while its CRC-64 is computed; the failure of either stops the other. */
export async function sendVerified<Stored>(
  context: SendContext,
  slice: Blob,
  partNumber: number,
  signal: AbortSignal,
  send: (call: SendCall) => Promise<Stored>,
): Promise<{ stored: Stored; crc64: bigint | undefined }> {
  const { environment, file, rank, verify } = context
  const both = new AbortController()
  const onAbort = () => both.abort(signal.reason)
  signal.throwIfAborted()
  signal.addEventListener('abort', onAbort, { once: true })
  const onProgress = (sentBytes: number) => context.onProgress(partNumber, sentBytes)
  try {
    assertUnchanged(file)
    let onTurn = () => {}
    const turn = new Promise<void>((resolve) => {
      onTurn = resolve
    })
    const [stored, crc64] = await Promise.all([
      send({ rank, signal: both.signal, onTurn, onProgress }),
      // Not before: a thousand files that wait in line would all be read at once.
      verify === 'none' ? undefined : turn.then(() => environment.hasher.crc64(slice, both.signal)),
    ])
    assertUnchanged(file)
    noteRead(file)
    return { stored, crc64 }
  } catch (error) {
    both.abort()
    onProgress(0)
    // A file that cannot be read looks to the browser's network code like a line that broke.
    if (isOssUploadError(error) && !error.status) await probe(context, slice, signal)
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** A disk that does not answer tells nothing of the file: then it is the line's failure that is told. */
export async function probe({ file, environment }: SendContext, slice: Blob, signal: AbortSignal) {
  let cancelTimer = () => {}
  const late = new Promise<void>((resolve) => {
    cancelTimer = environment.clock.after(WAKE_WITHIN_MS, resolve)
  })
  await orAborted(Promise.race([assertReadable(file, slice), late]), signal).finally(cancelTimer)
}

export function uploadResult(
  { bucket, key, job, options }: SendContext,
  stored: StoredObject,
  crc64: bigint | undefined,
  isVerified = crc64 !== undefined && stored.crc64 !== undefined,
): UploadResult {
  return {
    key,
    bucket,
    etag: stored.etag ?? '',
    crc64: crc64?.toString() ?? stored.crc64 ?? '',
    size: job.size,
    verified: isVerified,
    versionId: stored.versionId,
    requestId: stored.requestId,
    callback: stored.callback ?? (options.callback && { status: 'unknown' }),
  }
}
