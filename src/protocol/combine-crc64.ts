import { type Halves, timesX, toBigInt, toHalves } from './crc64-field.js'

/**
 * The CRC of two byte strings one after the other, from their CRCs and the second one's length.
 *
 * @param length - Bytes of the second; may exceed 2^32.
 */
export function combineCrc64(first: bigint, second: bigint, length: number): bigint {
  return toBigInt(multiply(toHalves(first), powerOfX8(length))) ^ second
}

let lastPower: { readonly length: number; readonly value: Halves } | undefined

/** x^(8 length). All parts but the last have one length, so the last power asked for is kept. */
function powerOfX8(length: number): Halves {
  if (lastPower?.length === length) return lastPower.value
  let result: Halves = { high: 0x80000000, low: 0 }
  let square: Halves = { high: 0x00800000, low: 0 }
  // Halving by division: bit operations would cut the length to 32 bits.
  for (let n = length; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = multiply(result, square)
    square = multiply(square, square)
  }
  lastPower = { length, value: result }
  return result
}

/** Product of two polynomials modulo the CRC's; the highest bit stands for x^0. */
function multiply(a: Halves, b: Halves): Halves {
  let high = 0
  let low = 0
  let factor = b
  for (let bit = 0; bit < 64; bit++) {
    const half = bit < 32 ? a.high : a.low
    if ((half >>> (31 - (bit & 31))) & 1) {
      high ^= factor.high
      low ^= factor.low
    }
    factor = timesX(factor)
  }
  return { high, low }
}
