import { OssNetworkError } from '../errors.js'
import { abortUpload } from './abort-upload.js'
import { completeUpload } from './complete-upload.js'
import type { EffectContext } from './effect-context.js'
import type { TaskEffect } from './effects.js'
import { discardCheckpoint } from './find-checkpoint.js'
import { checkpointOf, prepare } from './prepare.js'
import { createPartProver } from './prove-parts.js'
import { putObject, uploadPart } from './send-file.js'
import { settleCompletion } from './settle-completion.js'
import { settlePut } from './settle-put.js'
import type { UploadResult } from './upload-result.js'
import { withType } from './with-type.js'

type AsyncEffect = Exclude<TaskEffect, { type: 'stopAll' }>

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
export function createEffectRunner(context: EffectContext) {
  const { environment, client, key, options, rank, dispatch } = context
  const { clock, connection, random } = environment
  const running = new Set<Promise<unknown>>()
  const prove = createPartProver(context)
  let current = new AbortController()

  async function execute(effect: AsyncEffect, signal: AbortSignal): Promise<void> {
    // Ordered and stopped within one tick. What was begun on OSS is to be aborted, and what is written down to be written, all the same.
    if (signal.aborted && STOPPABLE.has(effect.type)) return
    try {
      await perform(effect, signal)
    } catch (error) {
      // A stopped request is not heard of again.
      if (signal.aborted || BEST_EFFORT.has(effect.type)) return
      const fault = { error, roll: random(), isOffline: !connection.isOnline() }
      if (effect.type === 'uploadPart') {
        dispatch({ type: 'partFailed', partNumber: effect.partNumber, ...fault })
      } else dispatch({ type: 'attemptFailed', ...fault })
    }
  }

  async function perform(effect: AsyncEffect, signal: AbortSignal): Promise<void> {
    switch (effect.type) {
      case 'claim':
        return context.line.claim()
      case 'joinLine':
        return context.line.join(signal)
      case 'tellHolder':
        return context.line.tell(effect.command)
      case 'findCheckpoint':
        return prepare(context, signal)
      case 'proveParts':
        return prove(effect.plan, effect.parts, signal)
      case 'saveCheckpoint':
        return context.journal.begin(() => checkpointOf(context, effect), copyOf(context))
      case 'savePart':
        return context.journal.add(effect.part)
      case 'removeCheckpoint':
        return context.journal.remove()
      case 'discardCheckpoint':
        return discardCheckpoint(context)
      case 'saveEnd':
        return context.journal.end(endOf(context, effect.result))
      case 'putObject':
        return dispatch({ type: 'completed', result: await putOrSettle(signal) })
      case 'initiateUpload':
        return dispatch({
          type: 'initiated',
          uploadId: await client.initiate(key, withType(options, context.file), { rank, signal }),
        })
      case 'uploadPart':
        // What OSS has and no record knows of is lost with the page.
        await context.journal.recorded()
        return dispatch({ type: 'partUploaded', part: await uploadPart(context, effect, signal) })
      case 'completeUpload':
        await prove(effect.plan, effect.unproven, signal)
        return dispatch(await completeUpload(context, effect, signal))
      case 'settleCompletion':
        return dispatch({
          type: 'completed',
          result: await settleCompletion(context, effect, signal),
        })
      case 'abortUpload':
        return abortUpload(context, key, effect.uploadId)
      case 'abortUnlessKept':
        return context.journal.isKept() ? undefined : abortUpload(context, key, effect.uploadId)
      case 'wait':
        return wait(effect, signal)
    }
  }

  function putOrSettle(signal: AbortSignal): Promise<UploadResult> {
    return putObject(context, signal).catch((error) => settlePut(context, error, signal))
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

function offlineTooLong(key: string): OssNetworkError {
  return new OssNetworkError(
    `"${key}" waited a day for the network: upload the file again when this device is online.`,
    { code: 'network', retryable: false },
  )
}

function copyOf({ file, job }: EffectContext): Blob | undefined {
  return job.size <= job.keepCopyUpTo ? file : undefined
}

function endOf({ id, key, name, environment: { clock } }: EffectContext, result: UploadResult) {
  return { id, key, name, endedAt: clock.now(), result }
}
