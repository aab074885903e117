import { orAborted } from '../or-aborted.js'
import type { TabCommand } from '../tabs/messages.js'
import type { SendContext } from './effect-context.js'
import type { TaskEvent } from './events.js'
import { rememberFile } from './file-reading.js'
import { firstState } from './machine/claiming.js'
import { oneRequest, transitionBy } from './machine/one-request.js'
import { createListeners, createOutcome } from './observers.js'
import { demandOf, isEnded } from './phases.js'
import { createProgressMeter } from './progress-meter.js'
import { createEffectRunner } from './run-effect.js'
import type { SharedUpload, SharedUploadContext } from './shared-upload.js'
import { snapshot } from './snapshot.js'
import type { TaskState } from './state.js'
import type { UploadResult } from './upload-result.js'
import type { UploadState } from './upload-state.js'

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
  /**
   * Goes on after `pause`, with the parts OSS does not have. While `waitingFor` is `permission`, call it from a click.
   *
   * @param file - While `waitingFor` is `file` or `permission`: the same file; otherwise it is not looked at.
   * @throws OssFileError (`different-file`) for one of another size.
   */
  readonly resume: (file?: Blob) => void
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
  /** Unique within the page; lower was asked for earlier. */
  readonly rank: number
  /** The file goes whole. */
  readonly isOneRequest: boolean
  readonly isIdle: () => boolean
  readonly isEnded: () => boolean
  /** Connections it could use now. */
  readonly demand: () => number
  /** Begins, or goes on after a pause. */
  readonly start: () => void
}

type Given = Omit<SendContext, 'dispatch' | 'onProgress' | 'file' | 'startedAt'> &
  Pick<
    SharedUploadContext,
    | 'id'
    | 'saved'
    | 'handle'
    | 'aliOssCheckpoint'
    | 'discover'
    | 'name'
    | 'savedSource'
    | 'partSize'
    | 'knownLine'
  >

export interface UploadTaskContext extends Given {
  readonly taskId: string
  readonly file: Blob | undefined
  /** @throws OssNetworkError when its code cannot be loaded now. */
  readonly share: (context: SharedUploadContext) => Promise<SharedUpload>
  /** Puts the background worker in line too. @returns takes that back. */
  readonly enlist?: ((file: Blob | undefined) => () => void) | undefined
  /** The one that enlisted this task has ended its own. */
  readonly withdrawal?: AbortSignal | undefined
  /** An upload that ended while nobody looked. */
  readonly result?: UploadResult | undefined
  /** Called after every change of phase. */
  readonly onChange: () => void
  readonly signal?: AbortSignal | undefined
}

const transitionOfOneRequest = /* @__PURE__ */ transitionBy(oneRequest)

export function createUploadTask(context: UploadTaskContext): QueuedTask {
  const { taskId, key, job, signal, result } = context
  const startedAt = context.environment.clock.now()
  const listeners = createListeners<UploadState>()
  const outcome = createOutcome<UploadResult>()
  const progress = createProgressMeter(context.environment.clock, job.size, redraw)
  let state: TaskState = result ? { phase: 'succeeded', result } : firstState(job)
  let isStartedAfresh = false
  let withdraw = () => {}
  let shared: SharedUpload | undefined

  let current = view()
  const effects = createEffectRunner({
    ...context,
    startedAt,
    get file() {
      // Nothing that reads it is ordered before there is one.
      return (shared?.file ?? context.file) as Blob
    },
    dispatch,
    onProgress: progress.sent,
    share,
    onStop: () => shared?.flush(),
  })

  /** Before anything of it begins. */
  async function share(signal: AbortSignal): Promise<SharedUpload> {
    if (shared) return shared
    const loading = context.share({
      ...context,
      startedAt,
      state: () => current,
      result: () => (state.phase === 'succeeded' ? state.result : undefined),
      onCommand: obey,
      onClaimed: enlist,
      onKept() {
        if (!isEnded(state)) redraw()
      },
      isWaiting: () => state.phase === 'fileless',
      dispatch,
      onProgress: progress.sent,
    })
    const loaded = await orAborted(loading, signal)
    // Who stopped as it came has left without it, and would never let go of what it takes.
    signal.throwIfAborted()
    shared = loaded
    return shared
  }

  function dispatch(event: TaskEvent): void {
    const transition = shared?.transition ?? transitionOfOneRequest
    const [next, orders] = transition(job, state, event)
    if (event.type === 'partUploaded') progress.acknowledged(event.part)
    const hasChanged = next !== state
    state = next
    for (const order of orders) effects.run(order)
    if (!hasChanged) return
    progress.changed(state)
    // The queue first: whoever hears of the end finds the task gone from `tasks`.
    context.onChange()
    // Of ten thousand parts each is no news of its own; what another tab tells is, five times a second.
    const before = current
    current = view()
    if (event.type !== 'reported' && isSame(before, current)) progress.redrawSoon()
    else tell(before)
    settleIfEnded()
  }

  function redraw(): void {
    const before = current
    current = view()
    tell(before)
  }

  function tell(before: UploadState): void {
    // The end goes out as the last word, with what it ended as.
    if (!isEnded(state)) shared?.changed(current.status !== before.status)
    listeners.tellAll(current)
  }

  function view(): UploadState {
    const shown = snapshot(state, {
      ...progress.read(state),
      // What has succeeded or was cancelled leaves no record.
      canResumeAfterReload:
        shared?.isKept() === true && (state.phase === 'failed' || !isEnded(state)),
      isStartedAfresh,
    })
    isStartedAfresh = shown.isStartedAfresh
    return shown
  }

  function enlist(file: Blob | undefined): void {
    if (context.enlist) withdraw = context.enlist(file)
  }

  /** Another tab's button. */
  function obey(command: TabCommand): void {
    if (command === 'pause') task.pause()
    if (command === 'resume') resume()
    if (command === 'cancel') void cancel()
  }

  function settleIfEnded(): void {
    if (state.phase === 'succeeded') outcome.resolve(state.result)
    if (state.phase === 'failed') outcome.reject(state.error)
    if (state.phase === 'cancelled') outcome.reject(signal?.aborted ? signal.reason : cancelled())
    if (!isEnded(state)) return
    signal?.removeEventListener('abort', cancel)
    void leave()
  }

  async function leave(): Promise<void> {
    const left = shared?.leave(effects.settled())
    // At once: the page may be left the moment its upload is done.
    withdraw()
    await left
  }

  function resume(file?: Blob): void {
    if (state.phase === 'fileless') shared?.resume(file)
    else dispatch({ type: 'resumeRequested' })
  }

  async function cancel(): Promise<void> {
    dispatch({ type: 'cancelRequested' })
    await effects.settled()
    await outcome.promise.catch(() => {})
  }

  const task: UploadTask = {
    id: taskId,
    key,
    get state() {
      return current
    },
    subscribe: (listener) => listeners.add(listener, current),
    pause: () => dispatch({ type: 'pauseRequested' }),
    resume,
    cancel,
    done: outcome.promise,
  }
  signal?.addEventListener('abort', cancel, { once: true })
  context.withdrawal?.addEventListener('abort', () => dispatch({ type: 'withdrawn' }))
  if (context.file) rememberFile(context.file)
  // A listener of the task's may be told within.
  if (state.phase === 'claiming') effects.run({ type: 'claim' })
  settleIfEnded()

  return {
    task,
    rank: context.rank,
    isOneRequest: !job.isByParts,
    isIdle: () => state.phase === 'idle',
    isEnded: () => isEnded(state),
    demand: () => demandOf(state, job.parallel),
    start: () => dispatch({ type: 'started' }),
  }
}

/** But for how far it is. */
function isSame(a: UploadState, b: UploadState): boolean {
  return a.status === b.status && a.waitingFor === b.waitingFor && a.uploadId === b.uploadId
}

function cancelled(): DOMException {
  return new DOMException('The upload was cancelled.', 'AbortError')
}
