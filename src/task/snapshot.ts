import type { TaskState } from './state.js'
import type { UploadState } from './upload-state.js'
import type { WaitReason } from './wait-reason.js'

export type Progress = Pick<
  UploadState,
  'loaded' | 'total' | 'bytesPerSecond' | 'secondsLeft' | 'canResumeAfterReload' | 'isStartedAfresh'
>

type What = Pick<UploadState, 'status' | 'waitingFor'>

/** The public view of a task's state. */
export function snapshot(state: TaskState, progress: Progress): UploadState {
  return Object.freeze({
    runsIn: 'here',
    ...progress,
    isStartedAfresh: progress.isStartedAfresh || ('origin' in state && state.origin === 'afresh'),
    uploadId: uploadIdOf(state),
    ...(state.phase === 'mirroring' ? mirrored(state) : statusOf(state)),
    error: state.phase === 'failed' ? asError(state.error) : undefined,
  })
}

/** What the holder said, except that `loaded` never falls. */
function mirrored({ report }: Extract<TaskState, { phase: 'mirroring' }>) {
  if (!report) {
    return { status: 'waiting', waitingFor: 'lock', runsIn: 'other-tab' } as const
  }
  const { result: _result, error: _error, loaded: _loaded, ...view } = report
  return view
}

function statusOf(state: Exclude<TaskState, { phase: 'mirroring' }>): What {
  switch (state.phase) {
    case 'claiming':
      return state.isPaused ? { status: 'paused' } : waitingOr('preparing', state.attempt)
    case 'fileless':
      return { status: 'waiting', waitingFor: state.needs }
    case 'idle':
      return { status: 'waiting', waitingFor: 'queue' }
    case 'preparing':
    case 'initiating':
      return waitingOr('preparing', state.attempt)
    case 'putting':
      return waitingOr('uploading', state.attempt)
    case 'completing':
    case 'settling':
      return waitingOr('completing', state.attempt)
    case 'uploading':
      return state.parts.inFlight.length > 0
        ? { status: 'uploading' }
        : waitingOr('uploading', state.parts.backingOff[0] ?? {})
    default:
      return { status: state.phase }
  }
}

function waitingOr(
  status: UploadState['status'],
  { waitingFor }: { readonly waitingFor?: WaitReason },
): What {
  return waitingFor ? { status: 'waiting', waitingFor } : { status }
}

function uploadIdOf(state: TaskState): string | undefined {
  if ('uploadId' in state) return state.uploadId
  return 'begun' in state ? state.begun?.uploadId : undefined
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
