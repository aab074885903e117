/**
 * CRC-64/XZ, which OSS calls CRC64-ECMA: reflected, initial value and final xor all ones. A value is held as two 32-bit
 * halves, because BigInt is tens of times slower; BigInt appears at the edges only.
 *
 * @see OSS "Check data integrity by using CRC-64".
 */
export interface Halves {
  readonly high: number
  readonly low: number
}

const POLYNOMIAL: Halves = { high: 0xc96c5795, low: 0xd7870f42 }

/** Multiplies by x modulo the polynomial; the highest bit stands for x^0. */
export function timesX({ high, low }: Halves): Halves {
  const carry = low & 1 ? POLYNOMIAL : { high: 0, low: 0 }
  return { high: (high >>> 1) ^ carry.high, low: ((low >>> 1) | (high << 31)) ^ carry.low }
}

export function toHalves(value: bigint): Halves {
  return { high: Number(value >> 32n) | 0, low: Number(value & 0xffffffffn) | 0 }
}

export function toBigInt({ high, low }: Halves): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
}
