import { createCrc64 } from '../crc64.js'

/** The same bytes for the same seed. */
export function randomBytes(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed >>> 0
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

export function crc64Of(bytes: Uint8Array): string {
  const crc = createCrc64()
  crc.update(bytes)
  return crc.digest().toString()
}
