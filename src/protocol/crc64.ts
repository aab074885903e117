import { type Halves, timesX, toBigInt, toHalves } from './crc64-field.js'

const SLICES = 8

let tables: { readonly high: Uint32Array; readonly low: Uint32Array } | undefined

/** Table `k` (entries `256 k` onwards) advances a byte by `k + 1` bytes. Built at first use: importing costs nothing. */
function buildTables() {
  const high = new Uint32Array(SLICES * 256)
  const low = new Uint32Array(SLICES * 256)
  for (let byte = 0; byte < 256; byte++) {
    let value: Halves = { high: 0, low: byte }
    for (let bit = 0; bit < 8; bit++) value = timesX(value)
    high[byte] = value.high
    low[byte] = value.low
  }
  for (let i = 256; i < SLICES * 256; i++) {
    const previousHigh = high[i - 256] ?? 0
    const previousLow = low[i - 256] ?? 0
    const first = previousLow & 0xff
    low[i] = ((previousLow >>> 8) | (previousHigh << 24)) ^ (low[first] ?? 0)
    high[i] = (previousHigh >>> 8) ^ (high[first] ?? 0)
  }
  return { high, low }
}

/**
 * Continues a CRC over more bytes.
 *
 * @param crc - What the bytes before gave; `0n` to begin.
 */
export function updateCrc64(crc: bigint, bytes: Uint8Array): bigint {
  tables ??= buildTables()
  const { high: H, low: L } = tables
  const start = toHalves(crc)
  let high = ~start.high
  let low = ~start.low
  let i = 0
  // The `as number` casts below are free: every index is inside its table or below `bytes.length`.
  for (const end = bytes.length - 7; i < end; i += 8) {
    low ^=
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24)
    high ^=
      (bytes[i + 4] as number) |
      ((bytes[i + 5] as number) << 8) |
      ((bytes[i + 6] as number) << 16) |
      ((bytes[i + 7] as number) << 24)
    const a = 1792 + (low & 0xff)
    const b = 1536 + ((low >>> 8) & 0xff)
    const c = 1280 + ((low >>> 16) & 0xff)
    const d = 1024 + (low >>> 24)
    const e = 768 + (high & 0xff)
    const f = 512 + ((high >>> 8) & 0xff)
    const g = 256 + ((high >>> 16) & 0xff)
    const h = high >>> 24
    low =
      (L[a] as number) ^
      (L[b] as number) ^
      (L[c] as number) ^
      (L[d] as number) ^
      (L[e] as number) ^
      (L[f] as number) ^
      (L[g] as number) ^
      (L[h] as number)
    high =
      (H[a] as number) ^
      (H[b] as number) ^
      (H[c] as number) ^
      (H[d] as number) ^
      (H[e] as number) ^
      (H[f] as number) ^
      (H[g] as number) ^
      (H[h] as number)
  }
  for (; i < bytes.length; i++) {
    const index = (low ^ (bytes[i] as number)) & 0xff
    low = ((low >>> 8) | (high << 24)) ^ (L[index] as number)
    high = (high >>> 8) ^ (H[index] as number)
  }
  return toBigInt({ high: ~high, low: ~low })
}
