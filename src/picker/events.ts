import type { UploadResult, UploadState, UploadTask } from '../index.js'
import type { Item } from './item.js'

/** What every event of the picker tells. */
export interface PickerFile {
  /** Of the file. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Absent for a file of an earlier visit. */
  readonly file: File | undefined
  /** Where the object goes; absent for a file that was not taken. */
  readonly key: string | undefined
  /** Absent for a file that was not taken. */
  readonly task: UploadTask | undefined
  /** Absent for a file that was not taken. */
  readonly state: UploadState | undefined
}

export interface SuccessDetail extends PickerFile {
  /** What was stored. */
  readonly result: UploadResult
}

export interface RejectDetail extends PickerFile {
  /** In words, as it is shown. */
  readonly reason: string
}

/** All bubble, and leave shadow roots. */
export interface PickerEventMap {
  /** An upload begins, or begins anew. */
  'oss-upload-start': CustomEvent<PickerFile>
  /** At most once for a file and frame. */
  'oss-upload-progress': CustomEvent<PickerFile>
  /** A user or a program has paused it. */
  'oss-upload-pause': CustomEvent<PickerFile>
  /** It is stored. */
  'oss-upload-success': CustomEvent<SuccessDetail>
  /** It failed for good; `state.error` says why. */
  'oss-upload-error': CustomEvent<PickerFile>
  /** Its upload had begun, and it was removed before it was done. */
  'oss-upload-cancel': CustomEvent<PickerFile>
  /** A file was not taken. */
  'oss-upload-reject': CustomEvent<RejectDetail>
}

declare global {
  interface HTMLElementEventMap extends PickerEventMap {}
}

/** An item, as events tell of it. */
export function fileOf({ name, size, choice, options, saved, task, state }: Item): PickerFile {
  const key = task?.key ?? options?.key ?? saved?.key
  return { name, size, file: choice?.file, key, task, state }
}
