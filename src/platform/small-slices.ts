import { readExactly } from './hashing/read-windows.js'

/** A message to the hash worker and back costs more than to hash so much, which takes a quarter of a millisecond. */
const SMALL_BYTES = 256 * 1024
/** As many as are on their way at a time, and a few more. */
const MOST = 8

type Bytes = Promise<Uint8Array<ArrayBuffer>>

/** Small slices in memory: the file is read once for who hashes it and who sends it, and what is hashed is what is sent. */
export interface SmallSlices {
  /** Reads a slice. @returns `undefined` where it is not small. */
  readonly read: (slice: Blob) => Bytes | undefined
  /** What was read of a slice, for one request. */
  readonly take: (slice: Blob) => Bytes | undefined
}

export function createSmallSlices(): SmallSlices {
  const kept = new Map<Blob, Bytes>()
  return {
    read(slice) {
      if (slice.size > SMALL_BYTES) return undefined
      const bytes = readExactly(slice)
      kept.set(slice, bytes)
      const [oldest] = kept.keys()
      // Nobody sent it.
      if (kept.size > MOST && oldest) kept.delete(oldest)
      return bytes
    },
    take(slice) {
      const bytes = kept.get(slice)
      kept.delete(slice)
      return bytes
    },
  }
}
