import { OssFileError } from './errors.js'
import { assertReadable } from './task/file-reading.js'
import type { SavedSource } from './task/source.js'

/** What a file handle of the File System Access API can do, as far as it is used. */
export interface ReadableFileHandle {
  /** Not a folder. */
  readonly kind: 'file'
  /** Rejects when the file is gone, or may not be read. */
  readonly getFile: () => Promise<File>
  /** Asks the user; from a click only. */
  readonly requestPermission?: (options: { mode: 'read' }) => Promise<PermissionState>
}

/** Where the file of a record comes from: its handle, which follows the disk, or else a copy of it. */
export function savedSource(
  handle: ReadableFileHandle | undefined,
  copy: Blob | undefined,
): { readonly kind: 'handle' | 'copy' | 'none'; readonly source: SavedSource } {
  const isHandle = typeof handle?.getFile === 'function'
  return {
    kind: isHandle ? 'handle' : copy ? 'copy' : 'none',
    source: {
      needsPermission: isHandle && !copy,
      async read() {
        if (!isHandle) return readCopy(copy)
        return readHandle(handle).catch((error) => (copy ? readCopy(copy) : Promise.reject(error)))
      },
    },
  }
}

/** In a private window, Chromium's copies are none: they end with the file. */
async function readCopy(copy: Blob | undefined): Promise<Blob> {
  if (!copy) return throwUnreadable(MISSING)
  await assertReadable(copy).catch((cause) => throwUnreadable(GONE, cause))
  return copy
}

async function readHandle(handle: ReadableFileHandle): Promise<File> {
  // Absent in browsers that keep no handles to the user's own files.
  const permission = await handle.requestPermission?.({ mode: 'read' })
  if (permission && permission !== 'granted') return throwUnreadable(DENIED)
  return handle.getFile().catch((cause) => throwUnreadable(GONE, cause))
}

const MISSING = 'This upload needs its file again: pass it to resume(file).'
const DENIED =
  'The browser was not allowed to read the file: choose it again, and pass it to resume(file).'
const GONE = 'The file is no longer where it was: choose it again, and pass it to resume(file).'

function throwUnreadable(message: string, cause?: unknown): never {
  throw new OssFileError(message, { code: 'file-unreadable', retryable: false, cause })
}
