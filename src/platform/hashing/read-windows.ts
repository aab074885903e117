import { unreadableFile } from '../../errors.js'

const WINDOW_BYTES = 4 * 1024 * 1024

/**
 * Hands over a slice's bytes in order; two windows are in memory at a time, whatever the slice's size.
 *
 * @throws OssFileError when it cannot be read, or the signal's reason.
 */
export async function readWindows(
  slice: Blob,
  signal: AbortSignal,
  take: (bytes: Uint8Array) => void,
): Promise<void> {
  const read = (start: number) =>
    start < slice.size ? slice.slice(start, start + WINDOW_BYTES).arrayBuffer() : undefined
  let next = read(0)
  for (let start = WINDOW_BYTES; next; start += WINDOW_BYTES) {
    const window = await next.catch((cause) => {
      throw unreadableFile(cause)
    })
    signal.throwIfAborted()
    // The next window is read while this one is hashed.
    next = read(start)
    next?.catch(() => {})
    take(new Uint8Array(window))
  }
}
