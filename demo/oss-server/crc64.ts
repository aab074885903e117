/**
 * CRC-64/XZ, which OSS calls "CRC64-ECMA". Eight bytes a step with tables of 32-bit halves: BigInt a byte would be
 * slower than the network.
 */
const POLYNOMIAL = 0xc96c5795d7870f42n
const [low, high] = createTables()

export interface Crc64 {
  update(bytes: Uint8Array): void
  digest(): bigint
}

export function createCrc64(): Crc64 {
  let lo = 0xffffffff
  let hi = 0xffffffff

  return {
    update(bytes) {
      const { length } = bytes
      const view = new DataView(bytes.buffer, bytes.byteOffset, length)
      let a = lo
      let b = hi
      let at = 0
      for (; at + 8 <= length; at += 8) {
        a ^= view.getInt32(at, true)
        b ^= view.getInt32(at + 4, true)
        const t7 = 1792 + (a & 255)
        const t6 = 1536 + ((a >>> 8) & 255)
        const t5 = 1280 + ((a >>> 16) & 255)
        const t4 = 1024 + (a >>> 24)
        const t3 = 768 + (b & 255)
        const t2 = 512 + ((b >>> 8) & 255)
        const t1 = 256 + ((b >>> 16) & 255)
        const t0 = b >>> 24
        a = word(low, t7) ^ word(low, t6) ^ word(low, t5) ^ word(low, t4)
        a ^= word(low, t3) ^ word(low, t2) ^ word(low, t1) ^ word(low, t0)
        b = word(high, t7) ^ word(high, t6) ^ word(high, t5) ^ word(high, t4)
        b ^= word(high, t3) ^ word(high, t2) ^ word(high, t1) ^ word(high, t0)
      }
      for (; at < length; at += 1) {
        const index = (a ^ view.getUint8(at)) & 255
        a = ((a >>> 8) | (b << 24)) ^ word(low, index)
        b = (b >>> 8) ^ word(high, index)
      }
      lo = a
      hi = b
    },
    digest: () => (BigInt(~hi >>> 0) << 32n) | BigInt(~lo >>> 0),
  }
}

/** The CRC of two byte strings joined, from the CRC of each and the length of the second. */
export function combineCrc64(first: bigint, second: bigint, secondLength: number): bigint {
  return multiply(first, shiftBy(secondLength)) ^ second
}

/** `x^(8 * bytes)`; remembered, because the parts of an upload mostly share one length. */
const shifts = new Map<number, bigint>()

function shiftBy(bytes: number): bigint {
  const known = shifts.get(bytes)
  if (known !== undefined) return known
  let shift = 1n << 63n
  let square = 1n << 55n
  for (let rest = BigInt(bytes); rest > 0n; rest >>= 1n) {
    if (rest & 1n) shift = multiply(shift, square)
    square = multiply(square, square)
  }
  shifts.set(bytes, shift)
  return shift
}

/** Product of two polynomials modulo the CRC's own, both bit-reflected. */
function multiply(left: bigint, right: bigint): bigint {
  let product = 0n
  let factor = right
  for (let bit = 1n << 63n; bit > 0n; bit >>= 1n) {
    if (left & bit) product ^= factor
    factor = factor & 1n ? (factor >> 1n) ^ POLYNOMIAL : factor >> 1n
  }
  return product
}

/** Eight tables of 256 entries, one after the other: entry `k * 256 + i` is byte `i` followed by `k` zero bytes. */
function createTables(): [low: Int32Array, high: Int32Array] {
  const values: bigint[] = []
  for (let byte = 0n; byte < 256n; byte += 1n) {
    let value = byte
    for (let bit = 0; bit < 8; bit += 1)
      value = value & 1n ? (value >> 1n) ^ POLYNOMIAL : value >> 1n
    values.push(value)
  }
  for (let at = 256; at < 2048; at += 1) {
    const previous = values[at - 256] ?? 0n
    values.push((values[Number(previous & 255n)] ?? 0n) ^ (previous >> 8n))
  }
  return [
    Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value))),
    Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value >> 32n))),
  ]
}

function word(table: Int32Array, at: number): number {
  return table[at] as number
}
