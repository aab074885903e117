import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import { combineCrc64 } from '../protocol/combine-crc64.js'

/**
 * CRC-64 of the object its parts make, without reading a byte again.
 *
 * @param parts - In ascending order. @returns `undefined` when a part has none.
 */
export function objectCrc64(parts: readonly AcknowledgedPart[]): bigint | undefined {
  let crc64 = 0n
  for (const part of parts) {
    if (part.crc64 === undefined) return undefined
    crc64 = combineCrc64(crc64, BigInt(part.crc64), part.size)
  }
  return crc64
}
