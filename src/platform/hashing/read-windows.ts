import { type OssFileError, unreadableFile } from '../../errors.js'
import { orAborted } from '../../or-aborted.js'

/** To open a stream costs more than to read a slice of a few MiB at once. */
const STREAM_FROM_BYTES = 4 * 1024 * 1024
/** Small enough to stay in the processor's cache between reading and hashing: fresh buffers of MiB cost several times as much. */
const BUFFER_BYTES = 256 * 1024
const WINDOW_BYTES = 4 * 1024 * 1024

type Take = (bytes: Uint8Array<ArrayBuffer>) => void

/**
 * Hands over a slice's bytes in order, in windows that are only good until `take` returns; little is in memory at a time, whatever
 * the slice's size.
 *
 * @throws OssFileError when it cannot be read whole, or the signal's reason.
 */
export async function readWindows(slice: Blob, signal: AbortSignal, take: Take): Promise<void> {
  const reader = slice.size > STREAM_FROM_BYTES ? byteReader(slice) : undefined
  const reading = reader
    ? readStream(reader, slice.size, signal, take)
    : readSlices(slice, signal, take)
  try {
    // Once for all windows: there are thousands.
    await orAborted(reading, signal)
  } finally {
    // What is being read comes back empty.
    reader?.cancel().catch(() => {})
  }
}

/** @returns `undefined` where a Blob is no stream of bytes, as in Safari. */
function byteReader(slice: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return slice.stream().getReader({ mode: 'byob' })
  } catch {
    return undefined
  }
}

/**
 * Those that are being read. Chromium does not hold a stream for the sake of who waits for its bytes: where nothing else does, both
 * are cleared away together, and the read never ends.
 */
const held = new Set<ReadableStreamBYOBReader>()

/** One buffer for all of it. */
async function readStream(
  reader: ReadableStreamBYOBReader,
  size: number,
  signal: AbortSignal,
  take: Take,
): Promise<void> {
  let buffer = new ArrayBuffer(BUFFER_BYTES)
  let readBytes = 0
  held.add(reader)
  try {
    while (readBytes <= size) {
      const { value } = await unreadableOr(reader.read(new Uint8Array(buffer)))
      signal.throwIfAborted()
      if (!value?.byteLength) break
      take(value)
      readBytes += value.byteLength
      buffer = value.buffer
    }
    if (readBytes !== size) throw wrongLength(readBytes, size)
  } finally {
    held.delete(reader)
  }
}

/** The next window is read while one is hashed. */
async function readSlices(slice: Blob, signal: AbortSignal, take: Take): Promise<void> {
  const read = (start: number) =>
    start < slice.size ? readExactly(windowOf(slice, start)) : undefined
  let next = read(0)
  for (let start = WINDOW_BYTES; next; start += WINDOW_BYTES) {
    const window = await next
    signal.throwIfAborted()
    next = read(start)
    next?.catch(() => {})
    take(window)
  }
}

/** A file that has grown shows it only as a whole. */
function windowOf(slice: Blob, start: number): Blob {
  return slice.size <= WINDOW_BYTES ? slice : slice.slice(start, start + WINDOW_BYTES)
}

/**
 * In Firefox a File that was written to gives what is there now, be it more or less than its size.
 *
 * @throws OssFileError where it cannot be read, or has another length.
 */
export async function readExactly(slice: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await unreadableOr(slice.arrayBuffer()))
  if (bytes.length !== slice.size) throw wrongLength(bytes.length, slice.size)
  return bytes
}

function wrongLength(bytes: number, size: number): OssFileError {
  return unreadableFile(`${bytes} of ${size} bytes`)
}

/** @throws OssFileError where it cannot be read. */
function unreadableOr<T>(reading: Promise<T>): Promise<T> {
  return reading.catch((cause) => {
    throw unreadableFile(cause)
  })
}
