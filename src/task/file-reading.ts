import { unreadableFile } from '../errors.js'

/**
 * Reads one byte of a slice, to tell a file that cannot be read from a line that broke.
 *
 * @throws OssFileError when it cannot be read.
 */
export async function assertReadable(slice: Blob): Promise<void> {
  try {
    await slice.slice(0, 1).arrayBuffer()
  } catch (cause) {
    throw unreadableFile(cause)
  }
}
