/** A file's identity at constant cost: its size and digests of a few windows. Name and date are no part of it: phones rewrite both. */
export interface Fingerprint {
  /** Bytes. */
  readonly size: number
  /** CRC-64, decimal, of each of `sampleWindows(size)`. */
  readonly samples: readonly string[]
}

const WINDOW_BYTES = 64 * 1024
const WINDOWS = 5

/** Where the samples are read: the first and the last bytes, and evenly between. */
export function sampleWindows(size: number): { start: number; end: number }[] {
  const last = Math.max(0, size - WINDOW_BYTES)
  const starts = Array.from({ length: WINDOWS }, (_, i) => Math.floor((last * i) / (WINDOWS - 1)))
  return [...new Set(starts)].map((start) => ({ start, end: Math.min(size, start + WINDOW_BYTES) }))
}
