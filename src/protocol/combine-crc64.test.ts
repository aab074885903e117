import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { combineCrc64 } from './combine-crc64.js'
import { updateCrc64 } from './crc64.js'
import data from './vectors/crc64-vectors.json' with { type: 'json' }

const crcOf = (bytes: Uint8Array) => updateCrc64(0n, bytes)
const piece = fc.uint8Array({ maxLength: 300 })

describe('the CRC-64 of bytes one after the other', () => {
  it.each(data.combine)('is the known one: $name', ({ parts, combinedDecimal }) => {
    const combined = parts.reduce(
      (crc, part) => combineCrc64(crc, BigInt(part.crcDecimal), part.length),
      0n,
    )
    expect(String(combined)).toBe(combinedDecimal)
  })

  it.each(data.largeGap)('is the known one beyond 2^32 bytes: $name', (vector) => {
    const { crc1, crc2, length2, combinedDecimal } = vector
    expect(String(combineCrc64(BigInt(crc1), BigInt(crc2), Number(length2)))).toBe(combinedDecimal)
  })

  it('is that of the bytes joined', () => {
    fc.assert(
      fc.property(piece, piece, (a, b) => {
        expect(combineCrc64(crcOf(a), crcOf(b), b.length)).toBe(crcOf(Buffer.concat([a, b])))
      }),
    )
  })

  it('is the same however the parts are grouped, for lengths up to the largest object', () => {
    const crc = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
    const length = fc.integer({ min: 0, max: 53_687_091_200_000 })
    fc.assert(
      fc.property(crc, crc, crc, length, length, (a, b, c, lengthB, lengthC) => {
        const left = combineCrc64(combineCrc64(a, b, lengthB), c, lengthC)
        const right = combineCrc64(a, combineCrc64(b, c, lengthC), lengthB + lengthC)
        expect(left).toBe(right)
      }),
    )
  })

  it('depends on the order', () => {
    const [a, b] = [new Uint8Array([1, 2, 3]), new Uint8Array([4, 5, 6])]
    expect(combineCrc64(crcOf(a), crcOf(b), 3)).not.toBe(combineCrc64(crcOf(b), crcOf(a), 3))
  })
})
