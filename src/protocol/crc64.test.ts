import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { updateCrc64 } from './crc64.js'
import data from './vectors/crc64-vectors.json' with { type: 'json' }

interface Datum {
  readonly kind: string
  readonly length: number
  readonly text?: string
  readonly seed?: number
  readonly crcDecimal: string
}

/** The bytes a vector describes; `dataKinds` in the file says how. */
function bytesOf({ kind, length, text = '', seed = 0 }: Datum): Uint8Array {
  if (kind === 'utf8') return new TextEncoder().encode(text)
  let state = seed
  return Uint8Array.from({ length }, (_, i) => {
    if (kind === 'fill') return seed
    if (kind === 'inc') return (i * seed + 3) % 256
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 16) & 0xff
  })
}

/** The definition, bit by bit. */
function slowCrc64(bytes: Uint8Array): bigint {
  const ones = 0xffffffffffffffffn
  let crc = ones
  for (const byte of bytes) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0xc96c5795d7870f42n : crc >> 1n
  }
  return crc ^ ones
}

const inParts = data.combine.flatMap(({ parts }): readonly Datum[] => parts)
const items: readonly Datum[] = [...data.single, ...inParts]

describe('CRC-64', () => {
  it.each(items)('of $kind, $length bytes, is the known one', (item) => {
    const bytes = bytesOf(item)
    expect(bytes.length).toBe(item.length)
    expect(String(updateCrc64(0n, bytes))).toBe(item.crcDecimal)
  })

  it('is what the definition says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(updateCrc64(0n, bytes)).toBe(slowCrc64(bytes))
      }),
    )
  })

  it('does not depend on where the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
        const piecewise = pieces.reduce(updateCrc64, 0n)
        expect(piecewise).toBe(updateCrc64(0n, Buffer.concat(pieces)))
      }),
    )
  })

  it('reads a view of a larger buffer from where the view begins', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i)
    expect(updateCrc64(0n, bytes.subarray(13, 77))).toBe(updateCrc64(0n, bytes.slice(13, 77)))
  })
})
