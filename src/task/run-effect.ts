import type { OssClient } from '../client/oss-client.js'
import type { Environment } from '../environment.js'
import { isOssUploadError, OssChecksumError } from '../errors.js'
import { type PartPlan, partRange } from '../plan/part-plan.js'
import type { ObjectOptions } from '../protocol/object-options.js'
import type { StoredObject } from '../protocol/replies.js'
import type { TaskEffect } from './effects.js'
import type { TaskEvent } from './events.js'
import { assertReadable, exactSlice } from './file-reading.js'
import { objectCrc64 } from './object-crc64.js'
import type { AcknowledgedPart } from './parts.js'
import type { Job, UploadResult } from './state.js'

/** `crc64`: what OSS stored is compared with what was read; `+md5`: OSS also checks each part before it takes it. */
export type Verify = 'crc64' | 'crc64+md5' | 'none'

export interface EffectContext {
  readonly environment: Pick<Environment, 'clock' | 'random' | 'hasher'>
  readonly client: OssClient
  readonly bucket: string
  readonly file: Blob
  readonly key: string
  readonly options: ObjectOptions
  readonly verify: Verify
  readonly job: Job
  /** Lower goes first when connections are short. */
  readonly rank: number
  readonly dispatch: (event: TaskEvent) => void
  /** Bytes of a request's body sent so far; 0 when it ended without success. */
  readonly onProgress: (partNumber: number, sentBytes: number) => void
}

type AsyncEffect = Exclude<TaskEffect, { type: 'stopAll' }>

/** The part number under which the single PutObject reports progress. */
const WHOLE_FILE = 1

/** Effect -> calls -> events: the only asynchronous code of a task. */
export function createEffectRunner(context: EffectContext) {
  const { environment, client, key, options, rank, dispatch } = context
  const { clock, random } = environment
  const running = new Set<Promise<unknown>>()
  let current = new AbortController()

  async function execute(effect: AsyncEffect, signal: AbortSignal): Promise<void> {
    try {
      await perform(effect, signal)
    } catch (error) {
      // A stopped request is not heard of again.
      if (signal.aborted || effect.type === 'abortUpload') return
      const roll = random()
      if (effect.type === 'uploadPart') {
        dispatch({ type: 'partFailed', partNumber: effect.partNumber, error, roll })
      } else dispatch({ type: 'attemptFailed', error, roll })
    }
  }

  async function perform(effect: AsyncEffect, signal: AbortSignal): Promise<void> {
    switch (effect.type) {
      case 'putObject':
        return dispatch({ type: 'completed', result: await putObject(context, signal) })
      case 'initiateUpload':
        return dispatch({
          type: 'initiated',
          uploadId: await client.initiate(key, options, { rank, signal }),
        })
      case 'uploadPart':
        return dispatch({ type: 'partUploaded', part: await uploadPart(context, effect, signal) })
      case 'completeUpload':
        return dispatch({ type: 'completed', result: await complete(context, effect, signal) })
      case 'abortUpload':
        // Best effort: without permission the bucket's lifecycle rule removes the parts.
        return client.abort(key, effect.uploadId, { rank, signal: new AbortController().signal })
      case 'wait':
        return wait(effect, signal)
    }
  }

  function wait(effect: Extract<TaskEffect, { type: 'wait' }>, signal: AbortSignal): void {
    const { partNumber } = effect
    const cancelTimer = clock.after(effect.afterMs, () =>
      dispatch({ type: 'retryDue', partNumber }),
    )
    signal.addEventListener('abort', cancelTimer, { once: true })
  }

  return {
    run(effect: TaskEffect): void {
      if (effect.type === 'stopAll') {
        current.abort()
        current = new AbortController()
        return
      }
      // OSS keeps parts that were still on the wire when their upload was aborted, so those settle first.
      const before = effect.type === 'abortUpload' ? [...running] : []
      const { signal } = current
      const execution = Promise.all(before).then(() => execute(effect, signal))
      running.add(execution)
      void execution.finally(() => running.delete(execution))
    },
    /** Resolves when nothing is under way any more. */
    async settled(): Promise<void> {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

async function uploadPart(
  context: EffectContext,
  { uploadId, partNumber }: { readonly uploadId: string; readonly partNumber: number },
  signal: AbortSignal,
): Promise<AcknowledgedPart> {
  const { client, environment, file, key, options, verify, job } = context
  const { start, end } = partRange(job.parts as PartPlan, partNumber)
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

async function putObject(context: EffectContext, signal: AbortSignal): Promise<UploadResult> {
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

async function complete(
  context: EffectContext,
  effect: { readonly uploadId: string; readonly parts: readonly AcknowledgedPart[] },
  signal: AbortSignal,
): Promise<UploadResult> {
  const { client, key, options, rank } = context
  const stored = await client.complete(key, effect.uploadId, effect.parts, options, {
    rank,
    signal,
  })
  const crc64 = objectCrc64(effect.parts)
  assertSameCrc64(stored.crc64, crc64, `"${key}"`, false)
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

function assertSameCrc64(
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

function uploadResult(
  { bucket, key, job }: EffectContext,
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
