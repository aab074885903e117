import {
  bytesPerSecond,
  measure,
  NO_SPEED,
  type SpeedMeter,
  secondsLeft,
} from '../plan/progress.js'
import type { EffectContext } from './effect-context.js'
import type { TaskEvent } from './events.js'
import { createJournal } from './journal.js'
import { unacknowledgedCount } from './parts.js'
import { createEffectRunner } from './run-effect.js'
import { snapshot, type UploadState } from './snapshot.js'
import type { TaskState, UploadResult } from './state.js'
import { transition } from './transition.js'

/** One file on its way to OSS. */
export interface UploadTask {
  /** Unique within the page. */
  readonly id: string
  /** Where the object goes. */
  readonly key: string
  /** What is true now; the same object until something changes. */
  readonly state: UploadState
  /** Calls the listener with the state, now and at every change. @returns the way to stop it. */
  readonly subscribe: (listener: (state: UploadState) => void) => () => void
  /** Stops sending at once; what OSS has acknowledged is kept. Nothing happens while an upload is being completed. */
  readonly pause: () => void
  /** Goes on after `pause`, with the parts OSS does not have. */
  readonly resume: () => void
  /**
   * Stops sending at once and aborts the upload on OSS. An upload that OSS is already completing may still succeed; then
   * `done` resolves.
   *
   * @returns resolves when nothing is under way any more.
   */
  readonly cancel: () => Promise<void>
  /** Rejects with an `OssUploadError`, or with an `AbortError` when cancelled. Never an unhandled rejection by itself. */
  readonly done: Promise<UploadResult>
}

/** A task as the queue sees it. */
export interface QueuedTask {
  readonly task: UploadTask
  readonly isIdle: () => boolean
  readonly isEnded: () => boolean
  /** Connections it could use now. */
  readonly demand: () => number
  /** Begins, or goes on after a pause. */
  readonly start: () => void
}

export type UploadTaskContext = Omit<EffectContext, 'dispatch' | 'onProgress' | 'journal'> & {
  readonly taskId: string
  /** Called after every change of phase. */
  readonly onChange: () => void
  readonly signal?: AbortSignal | undefined
}

const PROGRESS_EVERY_MS = 50

export function createUploadTask(context: UploadTaskContext): QueuedTask {
  const { taskId, key, job, environment, signal } = context
  const { clock } = environment
  const listeners = new Set<(state: UploadState) => void>()
  const settle = settler()
  const sent = new Map<number, number>()
  let state: TaskState = { phase: 'idle' }
  let loaded = 0
  let speed: SpeedMeter = NO_SPEED
  let isRedrawDue = false

  const journal = createJournal(environment, context.id, () => {
    if (!isEnded(state)) redraw()
  })
  let current = view()
  const runner = createEffectRunner({ ...context, journal, dispatch, onProgress })

  function dispatch(event: TaskEvent): void {
    const [next, effects] = transition(job, state, event)
    if (event.type === 'partUploaded') sent.delete(event.part.partNumber)
    const hasChanged = next !== state
    state = next
    for (const effect of effects) runner.run(effect)
    if (!hasChanged) return
    if (!isMoving(state)) {
      sent.clear()
      speed = NO_SPEED
    }
    // The queue first: whoever hears of the end finds the task gone from `tasks`.
    context.onChange()
    redraw()
    settleIfEnded()
  }

  function onProgress(partNumber: number, sentBytes: number): void {
    if (!isMoving(state)) return
    sent.set(partNumber, sentBytes)
    if (isRedrawDue) return
    isRedrawDue = true
    clock.after(PROGRESS_EVERY_MS, () => {
      isRedrawDue = false
      if (isMoving(state)) redraw()
    })
  }

  function redraw(): void {
    loaded = Math.max(loaded, bytesLoaded())
    if (isMoving(state)) speed = measure(speed, clock.now(), loaded)
    current = view()
    for (const listener of [...listeners]) tell(listener)
  }

  /** A listener that throws is the application's fault to see; it must not stop the upload. */
  function tell(listener: (state: UploadState) => void): void {
    try {
      listener(current)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }

  function bytesLoaded(): number {
    if (state.phase === 'succeeded') return job.size
    const inFlight = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0)
    // The last byte counts when OSS has confirmed them all.
    return Math.min(acknowledgedBytes(state) + inFlight, Math.max(0, job.size - 1))
  }

  function view(): UploadState {
    const rate = isMoving(state) ? bytesPerSecond(speed) : 0
    return snapshot(state, {
      loaded,
      total: job.size,
      bytesPerSecond: rate,
      secondsLeft: secondsLeft(loaded, job.size, rate),
      // What has succeeded or was cancelled leaves no record.
      canResumeAfterReload: journal.isKept() && (state.phase === 'failed' || !isEnded(state)),
    })
  }

  function settleIfEnded(): void {
    if (state.phase === 'succeeded') settle.resolve(state.result)
    if (state.phase === 'failed') settle.reject(state.error)
    if (state.phase === 'cancelled') settle.reject(signal?.aborted ? signal.reason : cancelled())
    if (!isEnded(state)) return
    signal?.removeEventListener('abort', cancel)
    void runner.settled().then(journal.release)
  }

  function cancel(): Promise<void> {
    dispatch({ type: 'cancelRequested' })
    return runner.settled()
  }

  const task: UploadTask = {
    id: taskId,
    key,
    get state() {
      return current
    },
    subscribe(listener) {
      if (typeof listener !== 'function') throw new TypeError('subscribe needs a function.')
      listeners.add(listener)
      tell(listener)
      return () => void listeners.delete(listener)
    },
    pause: () => dispatch({ type: 'pauseRequested' }),
    resume: () => dispatch({ type: 'resumeRequested' }),
    cancel,
    done: settle.promise,
  }
  signal?.addEventListener('abort', cancel, { once: true })

  return {
    task,
    isIdle: () => state.phase === 'idle',
    isEnded: () => isEnded(state),
    demand: () => demand(state, job.parallel),
    start: () => dispatch({ type: 'started' }),
  }
}

/** A promise with its two ends; nobody needs to be listening when it rejects. */
function settler() {
  let resolve: (result: UploadResult) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<UploadResult>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  promise.catch(() => {})
  return { promise, resolve, reject }
}

function cancelled(): DOMException {
  return new DOMException('The upload was cancelled.', 'AbortError')
}

function isMoving({ phase }: TaskState): boolean {
  return phase === 'uploading' || phase === 'putting'
}

function isEnded({ phase }: TaskState): boolean {
  return phase === 'succeeded' || phase === 'failed' || phase === 'cancelled'
}

function acknowledgedBytes(state: TaskState): number {
  return 'parts' in state ? state.parts.acknowledgedBytes : 0
}

function demand(state: TaskState, parallel: number): number {
  if (state.phase === 'uploading') return Math.min(parallel, unacknowledgedCount(state.parts))
  return ['putting', 'initiating', 'completing'].includes(state.phase) ? 1 : 0
}
