import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import { isOssUploadError, OssChecksumError } from '../errors.js'
import { type PartPlan, partRange } from '../plan/part-plan.js'
import { retryPolicy } from '../plan/retry-policy.js'
import type { StoredObject } from '../protocol/replies.js'
import type { EffectContext } from './effect-context.js'
import type { TaskEffect } from './effects.js'
import { assertReadable, exactSlice } from './file-reading.js'
import { discardCheckpoint, findCheckpoint, sampleFile } from './find-checkpoint.js'
import { findForeign, writeDown } from './find-foreign.js'
import { objectCrc64 } from './object-crc64.js'
import { settleCompletion } from './settle-completion.js'
import type { UploadResult } from './state.js'

type AsyncEffect = Exclude<TaskEffect, { type: 'stopAll' }>

/** What a stop takes back even before it began. */
const STOPPABLE = new Set<AsyncEffect['type']>([
  'findCheckpoint',
  'putObject',
  'initiateUpload',
  'uploadPart',
  'completeUpload',
  'wait',
])

const ABORT_TRIES = 3

/** What no upload fails for. */
const BEST_EFFORT = new Set<AsyncEffect['type']>([
  'abortUpload',
  'abortUnlessKept',
  'saveCheckpoint',
])

/** The part number under which the single PutObject reports progress. */
const WHOLE_FILE = 1

/** Effect -> calls -> events: the only asynchronous code of a task. */
export function createEffectRunner(context: EffectContext) {
  const { environment, client, key, options, rank, dispatch } = context
  const { clock, random } = environment
  const running = new Set<Promise<unknown>>()
  let current = new AbortController()

  async function execute(effect: AsyncEffect, signal: AbortSignal): Promise<void> {
    // Ordered and stopped within one tick. What was begun on OSS is to be aborted, and what is written down to be written, all the same.
    if (signal.aborted && STOPPABLE.has(effect.type)) return
    try {
      await perform(effect, signal)
    } catch (error) {
      // A stopped request is not heard of again.
      if (signal.aborted || BEST_EFFORT.has(effect.type)) return
      const roll = random()
      if (effect.type === 'uploadPart') {
        dispatch({ type: 'partFailed', partNumber: effect.partNumber, error, roll })
      } else dispatch({ type: 'attemptFailed', error, roll })
    }
  }

  async function perform(effect: AsyncEffect, signal: AbortSignal): Promise<void> {
    switch (effect.type) {
      case 'findCheckpoint':
        return prepare(context, signal)
      case 'saveCheckpoint':
        return context.journal.begin(() => checkpointOf(context, effect))
      case 'savePart':
        return context.journal.add(effect.part)
      case 'removeCheckpoint':
        return context.journal.remove()
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
        return abort(effect.uploadId)
      case 'abortUnlessKept':
        return context.journal.isKept() ? undefined : abort(effect.uploadId)
      case 'wait':
        return wait(effect, signal)
    }
  }

  /** Nobody waits for more than its end: what cannot be aborted is left to the bucket's lifecycle rule. */
  async function abort(uploadId: string): Promise<void> {
    for (let failures = 1; ; failures++) {
      try {
        return await client.abort(key, uploadId, { rank, signal: new AbortController().signal })
      } catch (error) {
        const decision = failures < ABORT_TRIES && retryPolicy(error, failures, random())
        if (!decision || decision === 'give up') return
        await new Promise<void>((resolve) => void clock.after(decision.afterMs, resolve))
      }
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
        context.journal.flush()
        current = new AbortController()
        return
      }
      // OSS keeps parts that were still on the wire when their upload was aborted, so those settle first.
      const before = effect.type.startsWith('abort') ? [...running] : []
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

async function prepare(context: EffectContext, signal: AbortSignal): Promise<void> {
  const { dispatch, journal, mustResume, job } = context
  // Another tab is at it, and keeps the record: this one uploads on its own.
  const isOurs = await journal.claim()
  signal.throwIfAborted()
  if (!isOurs) return dispatch({ type: 'nothingToResume' })
  try {
    const begun = job.persist ? await findCheckpoint(context, signal) : undefined
    if (begun) {
      journal.takeUp()
      return dispatch({ type: 'checkpointFound', begun })
    }
  } catch (error) {
    const isOther = isOssUploadError(error) && error.code === 'different-file'
    if (mustResume || !isOther) throw error
    // A new file for the same key: what was begun with the old one is of no use any more.
    await discardCheckpoint(context)
  }
  const begun = await findForeign(context, signal)
  if (!begun) return dispatch({ type: 'nothingToResume' })
  const saved = { uploadId: begun.uploadId, plan: begun.parts.plan }
  if (job.persist) await writeDown(begun, journal, () => checkpointOf(context, saved))
  dispatch({ type: 'checkpointFound', begun })
}

/** A pause does not stop the sampling: what is begun is to be on record. */
async function checkpointOf(
  { file, key, id, options, handle, environment }: EffectContext,
  { uploadId, plan }: { readonly uploadId: string; readonly plan: PartPlan },
) {
  const samples = await sampleFile(file, environment, new AbortController().signal)
  return {
    id,
    key,
    uploadId,
    partSize: plan.partSize,
    fingerprint: { size: plan.size, samples },
    name: file instanceof File ? file.name : '',
    startedAt: environment.clock.now(),
    options,
    handle,
  }
}

async function uploadPart(
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
  effect: Extract<TaskEffect, { type: 'completeUpload' }>,
  signal: AbortSignal,
): Promise<UploadResult> {
  const { client, key, options, rank } = context
  const call = { rank, signal }
  const stored = await client
    .complete(key, effect.uploadId, effect.parts, options, call)
    .catch((error) => {
      const mayBeDone =
        effect.isRepeat && isOssUploadError(error) && error.code === 'no-such-upload'
      if (!mayBeDone) throw error
      return settleCompletion(context, effect.parts, error, signal)
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
