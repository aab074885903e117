import { OssFileError, OssNetworkError } from '../errors.js'
import { type Fault, NO_FAILURES, retryPolicy } from '../plan/retry-policy.js'
import type { SendContext } from './effect-context.js'
import type { AsyncEffect, TaskEffect } from './effects.js'
import { probe, putObject } from './send-file.js'
import { settlePut } from './settle-put.js'
import type { SharedUpload } from './shared-upload.js'
import type { UploadResult } from './upload-result.js'

interface RunnerContext extends SendContext {
  /** The half of the task that one request does not take. @throws OssNetworkError when it cannot be loaded now. */
  readonly share: (signal: AbortSignal) => Promise<SharedUpload>
  readonly onStop: () => void
}

const NETWORK = { code: 'network', retryable: true } as const

/** What a stop takes back even before it began. */
const STOPPABLE = new Set<AsyncEffect['type']>([
  'claim',
  'joinLine',
  'findCheckpoint',
  'putObject',
  'initiateUpload',
  'uploadPart',
  'proveParts',
  'completeUpload',
  'settleCompletion',
  'wait',
])

/** What no upload fails for. */
const BEST_EFFORT = new Set<AsyncEffect['type']>([
  'abortUpload',
  'abortUnlessKept',
  'saveCheckpoint',
  'discardCheckpoint',
])

/** Effect -> calls -> events: the only asynchronous code of a task. */
export function createEffectRunner(context: RunnerContext) {
  const { environment, key, dispatch } = context
  const { clock, connection, random } = environment
  const running = new Set<Promise<unknown>>()
  let current = new AbortController()
  let hasPut = false

  async function execute(effect: AsyncEffect, signal: AbortSignal): Promise<void> {
    // Ordered and stopped within one tick. What was begun on OSS is to be aborted, and what is written down to be written, all the same.
    if (signal.aborted && STOPPABLE.has(effect.type)) return
    try {
      await perform(effect, signal)
    } catch (failure) {
      const found =
        failure instanceof OssFileError ? await doubted(failure, signal) : { error: failure }
      // A stopped request is not heard of again.
      if (signal.aborted || BEST_EFFORT.has(effect.type)) return
      const fault = { ...found, roll: random(), isOffline: !connection.isOnline() }
      // What cannot be compared now is compared before the parts are joined.
      if (effect.type === 'proveParts' && retryPolicy(fault, NO_FAILURES) !== 'give up') return
      if (effect.type === 'uploadPart') {
        dispatch({ type: 'partFailed', partNumber: effect.partNumber, ...fault })
      } else dispatch({ type: 'attemptFailed', ...fault })
    }
  }

  async function perform(effect: AsyncEffect, signal: AbortSignal): Promise<void> {
    switch (effect.type) {
      case 'putObject':
        return dispatch({ type: 'completed', result: await putOrSettle(signal) })
      case 'wait':
        return wait(effect, signal)
      default:
        return (await context.share(signal)).perform(effect, signal)
    }
  }

  /** What could not be read, as long as nothing can be, or can be read by now, is tried again. */
  async function doubted(
    error: OssFileError,
    signal: AbortSignal,
  ): Promise<Pick<Fault, 'error' | 'mayPass'>> {
    try {
      await environment.readAnything()
    } catch {
      return { error: new OssNetworkError('The page was left.', NETWORK) }
    }
    // Known without reading.
    if (error.cause === undefined) return { error }
    return probe(context, context.file, signal).then(
      () => ({ error, mayPass: true }),
      () => ({ error }),
    )
  }

  function putOrSettle(signal: AbortSignal): Promise<UploadResult> {
    // A try before, which failed or was paused, may have stored it.
    const isRepeat = hasPut
    hasPut = true
    return putObject(context, signal).catch((refusal) =>
      settlePut(context, { refusal, isRepeat }, signal),
    )
  }

  function wait(effect: Extract<TaskEffect, { type: 'wait' }>, signal: AbortSignal): void {
    const { afterMs, partNumber, waitsForLine, untilOnline } = effect
    const stop = () => {
      cancelTimer()
      stopListening()
      signal.removeEventListener('abort', stop)
    }
    const end = () => {
      stop()
      dispatch({ type: 'retryDue', partNumber })
    }
    const giveUp = () => {
      stop()
      dispatch({ type: 'attemptFailed', error: offlineTooLong(key), roll: 0 })
    }
    const cancelTimer = clock.after(afterMs, untilOnline ? giveUp : end)
    const stopListening = waitsForLine ? connection.onOnline(end) : () => {}
    signal.addEventListener('abort', stop, { once: true })
  }

  return {
    run(effect: TaskEffect): void {
      if (effect.type === 'stopAll') {
        current.abort()
        context.onStop()
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

function offlineTooLong(key: string): OssNetworkError {
  return new OssNetworkError(
    `"${key}" waited a day for the network: upload the file again when this device is online.`,
    { code: 'network', retryable: false },
  )
}
