import { type Checkpoint, readCheckpoint } from './checkpoint/checkpoint.js'
import type { StoredCheckpoint } from './environment.js'
import { OssFileError } from './errors.js'
import type { UploadTask } from './task/upload-task.js'

/** An unfinished upload of an earlier visit. */
export interface SavedUpload {
  /** Where the object goes, in full. */
  readonly id: string
  /** The object's key. */
  readonly key: string
  /** The file's name; empty for a Blob. */
  readonly name: string
  /** Bytes of the file. */
  readonly size: number
  /** Bytes on record as acknowledged; OSS may have more. */
  readonly loaded: number
  /** When it began, in milliseconds since the epoch. */
  readonly startedAt: number
  /** Whether `resume` wants the file again. */
  readonly needsFile: boolean
  /** Where the file comes from without asking for it. */
  readonly source: 'handle' | 'none'
  /**
   * Goes on where it was. With a file handle on record, call it from a click: the browser may ask for permission.
   *
   * @param file - The same file; another one is refused with `different-file`, and nothing is sent.
   * @throws OssFileError when the file is needed and not given, or the user does not allow to read it.
   */
  readonly resume: (file?: Blob) => Promise<UploadTask>
  /** Forgets it, and aborts it on OSS as far as the credentials allow. */
  readonly discard: () => Promise<void>
}

/** What a file handle of the File System Access API can do, as far as it is used. */
export interface ReadableFileHandle {
  /** Not a folder. */
  readonly kind: 'file'
  /** Rejects when the file is gone, or may not be read. */
  readonly getFile: () => Promise<File>
  /** Asks the user; from a click only. */
  readonly requestPermission?: (options: { mode: 'read' }) => Promise<PermissionState>
}

export interface SavedUploadActions {
  readonly resume: (checkpoint: Checkpoint, file: Blob) => UploadTask
  readonly discard: (checkpoint: Checkpoint) => Promise<void>
}

/** @returns `undefined` for a record that cannot be trusted. */
export function savedUpload(
  stored: StoredCheckpoint,
  { resume, discard }: SavedUploadActions,
): { readonly checkpoint: Checkpoint; readonly upload: SavedUpload } | undefined {
  const checkpoint = readCheckpoint(stored.record)
  if (!checkpoint) return undefined
  const { id, key, name, startedAt, fingerprint } = checkpoint
  const handle = handleOf(checkpoint)
  const parts = stored.parts as readonly { readonly size?: number }[]
  const upload: SavedUpload = {
    id,
    key,
    name,
    size: fingerprint.size,
    loaded: parts.reduce((sum, part) => sum + (part?.size ?? 0), 0),
    startedAt,
    needsFile: !handle,
    source: handle ? 'handle' : 'none',
    resume: async (file) => resume(checkpoint, file ?? (await fileOf(handle))),
    discard: () => discard(checkpoint),
  }
  return { checkpoint, upload }
}

function handleOf({ handle }: Checkpoint): ReadableFileHandle | undefined {
  const candidate = handle as ReadableFileHandle | undefined
  return typeof candidate?.getFile === 'function' ? candidate : undefined
}

async function fileOf(handle: ReadableFileHandle | undefined): Promise<File> {
  if (!handle) throw unreadable('This upload needs its file again: pass it to resume(file).')
  // Absent in browsers that keep no handles to the user's own files.
  const permission = await handle.requestPermission?.({ mode: 'read' })
  if (permission && permission !== 'granted') {
    throw unreadable(
      'The browser was not allowed to read the file: choose it again, and pass it to resume(file).',
    )
  }
  return handle.getFile().catch((cause) => {
    throw unreadable(
      'The file is no longer where it was: choose it again, and pass it to resume(file).',
      cause,
    )
  })
}

function unreadable(message: string, cause?: unknown): OssFileError {
  return new OssFileError(message, { code: 'file-unreadable', retryable: false, cause })
}
