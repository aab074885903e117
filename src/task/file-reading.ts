import { OssFileError, unreadableFile } from '../errors.js'

/**
 * Cuts a file, or finds that it is no longer as long as it was. In Chromium a File follows the disk: of a deleted file the
 * size is 0, and its slices are empty and readable.
 *
 * @throws OssFileError when the file became shorter.
 */
export function exactSlice(file: Blob, start: number, end: number): Blob {
  const slice = file.slice(start, end)
  if (slice.size === end - start) return slice
  throw new OssFileError(
    'The file is shorter than when it was chosen: it was changed or deleted. Choose it again.',
    { code: file.size === 0 ? 'file-unreadable' : 'file-changed', retryable: false },
  )
}

/**
 * Reads a byte, to tell a file that cannot be read from a line that broke or from an empty file.
 *
 * @throws OssFileError when it cannot be read.
 */
export async function assertReadable(file: Blob): Promise<void> {
  try {
    await (file.size === 0 ? file : file.slice(0, 1)).arrayBuffer()
  } catch (cause) {
    throw unreadableFile(cause)
  }
}
