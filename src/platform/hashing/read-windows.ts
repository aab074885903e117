import { unreadableFile } from '../../errors.js'

/** Small enough to stay in the processor's cache between reading and hashing; larger ones cost up to three times as much. */
const BUFFER_BYTES = 256 * 1024
/** Where each window needs a buffer and a read of its own, they are larger. */
const WINDOW_BYTES = 4 * 1024 * 1024

/**
 * Hands over a slice's bytes in order, in windows that are only good until `take` returns.
 *
 * @throws OssFileError when it cannot be read whole, or the signal's reason.
 */
export async function readWindows(
  slice: Blob,
  signal: AbortSignal,
  take: (bytes: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  let readBytes = 0
  const windows = byteReader(slice) ?? slicesOf(slice)
  try {
    for (;;) {
      const bytes = await windows.next().catch((cause) => {
        throw unreadableFile(cause)
      })
      signal.throwIfAborted()
      if (!bytes) break
      readBytes += bytes.byteLength
      take(bytes)
    }
  } finally {
    windows.end()
  }
  if (readBytes !== slice.size) throw unreadableFile(`${readBytes} of ${slice.size} bytes`)
}

interface Windows {
  /** Resolves to nothing at the end. */
  readonly next: () => Promise<Uint8Array<ArrayBuffer> | undefined>
  readonly end: () => void
}

/** One buffer for all windows. @returns `undefined` where a Blob is no stream of bytes, as in Safari. */
function byteReader(slice: Blob): Windows | undefined {
  let reader: ReadableStreamBYOBReader
  try {
    reader = slice.stream().getReader({ mode: 'byob' })
  } catch {
    return undefined
  }
  let buffer = new ArrayBuffer(BUFFER_BYTES)
  return {
    async next() {
      const { value } = await reader.read(new Uint8Array(buffer))
      if (!value?.byteLength) return undefined
      buffer = value.buffer
      return value
    },
    end: () => void reader.cancel().catch(() => {}),
  }
}

function slicesOf(slice: Blob): Windows {
  const read = (start: number) =>
    start < slice.size ? slice.slice(start, start + WINDOW_BYTES).arrayBuffer() : undefined
  let start = 0
  let following = read(0)
  return {
    async next() {
      const window = await following
      // The next window is read while this one is hashed.
      start += WINDOW_BYTES
      following = read(start)
      following?.catch(() => {})
      return window && new Uint8Array(window)
    },
    end() {},
  }
}
