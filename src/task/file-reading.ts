import { OssFileError, unreadableFile } from '../errors.js'

interface FileFacts {
  readonly size: number
  readonly lastModified: number | undefined
}

/** How long a disk that sleeps has to wake. */
export const WAKE_WITHIN_MS = 30_000

/** What files were like when they were chosen. */
const chosen = new WeakMap<Blob, FileFacts>()
const wasRead = new WeakSet<Blob>()

/** Milliseconds since the epoch; a Blob has no date. */
function lastModifiedOf(file: Blob): number | undefined {
  return 'lastModified' in file ? Number(file.lastModified) : undefined
}

/** From now on the file is to stay as it is. */
export function rememberFile(file: Blob): void {
  if (!chosen.has(file)) chosen.set(file, factsOf(file))
}

/** Whoever cannot read it any more finds it changed. */
export function noteRead(file: Blob): void {
  wasRead.add(file)
}

/**
 * Cuts a file, or finds that it is no longer as it was. In Chromium a File may follow the disk: of a deleted file the size is 0
 * then, and its slices are empty and readable.
 *
 * @throws OssFileError when the file was changed.
 */
export function exactSlice(file: Blob, start: number, end: number): Blob {
  // A Blob costs the browser a message between processes.
  const slice = start === 0 && end === file.size ? file : file.slice(start, end)
  if (slice.size === end - start) return slice
  if (file.size === 0) throw unreadableFile(undefined)
  throw changedFile()
}

/**
 * Browsers that go on reading a file that was written to tell it by its size and date at most.
 *
 * @throws OssFileError (`file-changed`) where one of them is another.
 */
export function assertUnchanged(file: Blob): void {
  const before = chosen.get(file)
  if (!before) return
  const { size, lastModified } = factsOf(file)
  if (size === before.size && lastModified === before.lastModified) return
  throw size === 0 ? unreadableFile(undefined) : changedFile()
}

/**
 * Tells a file that was changed or cannot be read from a line that broke, and from an empty file: by its size and date, then by
 * reading a byte. Chromium and WebKit read nothing of a file that was written to since it was chosen.
 *
 * @param slice - What was to be read of the file.
 * @throws OssFileError (`file-changed`, `file-unreadable`).
 */
export async function assertReadable(file: Blob, slice: Blob = file): Promise<void> {
  assertUnchanged(file)
  try {
    await (slice.size === 0 ? slice : slice.slice(0, 1)).arrayBuffer()
  } catch (cause) {
    // Firefox calls it by the second name.
    const isGone = cause instanceof DOMException && /^(NotFound|Abort)Error$/.test(cause.name)
    throw wasRead.has(file) && !isGone ? changedFile(cause) : unreadableFile(cause)
  }
}

function factsOf(file: Blob): FileFacts {
  return { size: file.size, lastModified: lastModifiedOf(file) }
}

export function changedFile(cause?: unknown): OssFileError {
  return new OssFileError(
    'The file was changed while it was uploaded: choose it again, and it is uploaded as it is now.',
    { code: 'file-changed', retryable: false, cause },
  )
}
