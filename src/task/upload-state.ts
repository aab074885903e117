import type { OssUploadError } from '../errors.js'
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
  /**
   * Why nothing moves, while `status` is `waiting`: `lock` for the tab that runs this upload to answer, `file` for
   * `resume(file)`, `permission` for `resume()` out of a click; the others are what they say.
   */
  readonly waitingFor?: 'queue' | 'lock' | 'file' | 'permission' | WaitReason | undefined
  /** Which tab sends it; `background` is the worker that outlives the page. Pause, resume and cancel work all the same. */
  readonly runsIn: 'here' | 'other-tab' | 'background'
  /** OSS had forgotten the upload of an earlier visit, so that every part is sent again. */
  readonly isStartedAfresh: boolean
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
