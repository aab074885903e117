import type { OssUploadError } from '../errors.js'
import type { TaskState } from './state.js'
import type { WaitReason } from './wait-reason.js'

/** `waiting` says in `waitingFor` what for; `succeeded`, `failed` and `cancelled` are final. */
export type UploadStatus =
  | 'preparing'
  | 'uploading'
  | 'waiting'
  | 'paused'
  | 'completing'
  | 'succeeded'
  | 'failed'
  | 'cancelled'

/** What an upload is doing, as plain immutable data. The object stays the same until something changes. */
export interface UploadState {
  /** What it is doing. */
  readonly status: UploadStatus
  /** Why nothing moves, while `status` is `waiting`. */
  readonly waitingFor?: 'queue' | WaitReason
  /** Bytes OSS has or is being sent; never falls, and equals `total` only on success. */
  readonly loaded: number
  /** Bytes of the file. */
  readonly total: number
  /** Over the last five seconds; 0 while nothing moves. */
  readonly bytesPerSecond: number
  /** Absent while nothing moves. */
  readonly secondsLeft?: number | undefined
  /** Whether what is done by now outlives the page; false while there is no record, or where none can be kept. */
  readonly canResumeAfterReload: boolean
  /** OSS's id of the multipart upload, once there is one. */
  readonly uploadId?: string | undefined
  /** Why it failed; `status` is `failed`. */
  readonly error?: OssUploadError | Error | undefined
}

export type Progress = Pick<
  UploadState,
  'loaded' | 'total' | 'bytesPerSecond' | 'secondsLeft' | 'canResumeAfterReload'
>

/** The public view of a task's state. */
export function snapshot(state: TaskState, progress: Progress): UploadState {
  return Object.freeze({
    ...statusOf(state),
    ...progress,
    uploadId: uploadIdOf(state),
    error: state.phase === 'failed' ? asError(state.error) : undefined,
  })
}

function statusOf(state: TaskState): Pick<UploadState, 'status' | 'waitingFor'> {
  switch (state.phase) {
    case 'idle':
      return { status: 'waiting', waitingFor: 'queue' }
    case 'preparing':
    case 'initiating':
      return waitingOr('preparing', state.attempt)
    case 'putting':
      return waitingOr('uploading', state.attempt)
    case 'completing':
      return waitingOr('completing', state.attempt)
    case 'uploading':
      return state.parts.inFlight.length > 0
        ? { status: 'uploading' }
        : waitingOr('uploading', state.parts.backingOff[0] ?? {})
    default:
      return { status: state.phase }
  }
}

function waitingOr(status: UploadStatus, { waitingFor }: { readonly waitingFor?: WaitReason }) {
  return waitingFor ? { status: 'waiting' as const, waitingFor } : { status }
}

function uploadIdOf(state: TaskState): string | undefined {
  if ('uploadId' in state) return state.uploadId
  return 'begun' in state ? state.begun?.uploadId : undefined
}

function asError(error: unknown): OssUploadError | Error {
  return error instanceof Error ? error : new Error(String(error))
}
