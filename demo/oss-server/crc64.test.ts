import { expect, test } from 'vitest'
import { combineCrc64, createCrc64 } from './crc64.js'
import vectors from './vectors/crc64-vectors.json' with { type: 'json' }

interface Datum {
  kind: string
  length: number
  text?: string
  hex?: string
  seed?: number
}

function bytesOf({ kind, length, text = '', hex = '', seed = 0 }: Datum): Buffer {
  if (kind === 'utf8') return Buffer.from(text, 'utf8')
  if (kind === 'hex') return Buffer.from(hex, 'hex')
  if (kind === 'fill') return Buffer.alloc(length, seed)
  const bytes = Buffer.alloc(length)
  let state = seed
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    bytes[at] = kind === 'lcg' ? (state >>> 16) & 255 : (at * seed + 3) % 256
  }
  return bytes
}

function crc64(bytes: Buffer): string {
  const crc = createCrc64()
  crc.update(bytes)
  return crc.digest().toString()
}

test('agrees with every known answer', () => {
  for (const datum of vectors.single as (Datum & { crcDecimal: string })[]) {
    expect(crc64(bytesOf(datum)), JSON.stringify(datum)).toBe(datum.crcDecimal)
  }
})

test('does not care where the bytes are cut', () => {
  const bytes = bytesOf({ kind: 'lcg', length: 1000, seed: 7 })
  const crc = createCrc64()
  for (const [from, to] of [
    [0, 3],
    [3, 3],
    [3, 20],
    [20, 21],
    [21, 1000],
  ])
    crc.update(bytes.subarray(from, to))
  expect(crc.digest().toString()).toBe(crc64(bytes))
})

test('combines the CRCs of parts into that of the whole', () => {
  for (const { name, parts, combinedDecimal } of vectors.combine) {
    const combined = parts.reduce(
      (whole, part) => combineCrc64(whole, BigInt(part.crcDecimal), part.length),
      0n,
    )
    expect(combined.toString(), name).toBe(combinedDecimal)
  }
})

test('combines across a part longer than 2^32 bytes', () => {
  for (const { name, crc1, crc2, length2, combinedDecimal } of vectors.largeGap) {
    const combined = combineCrc64(BigInt(crc1), BigInt(crc2), Number(length2))
    expect(combined.toString(), name).toBe(combinedDecimal)
  }
})
