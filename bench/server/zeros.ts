import { createHash } from 'node:crypto'
import { combineCrc64, createCrc64 } from '../../demo/oss-server/crc64.js'

/** Longer parts would keep the server from reading while it hashes; no client here looks at their ETags. */
const MAX_MD5_BYTES = 64 * 1024 * 1024

const crcs = new Map<number, string>()
const etags = new Map<number, string>()

/** CRC-64 of so many zero bytes, in decimal: nobody has to read them. */
export function crc64OfZeros(length: number): string {
  const known = crcs.get(length)
  if (known !== undefined) return known
  const one = createCrc64()
  one.update(new Uint8Array(1))
  let crc = 0n
  let power = one.digest()
  let powerLength = 1
  for (let rest = length; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) crc = combineCrc64(crc, power, powerLength)
    power = combineCrc64(power, power, powerLength)
    powerLength *= 2
  }
  const text = crc.toString()
  crcs.set(length, text)
  return text
}

/** The ETag of so many zero bytes, quoted: their MD5 where that is quick to find. */
export function etagOfZeros(length: number): string {
  const known = etags.get(length)
  if (known !== undefined) return known
  const md5 = createHash('md5').update(
    length <= MAX_MD5_BYTES ? Buffer.alloc(length) : String(length),
  )
  const etag = `"${md5.digest('hex').toUpperCase()}"`
  etags.set(length, etag)
  return etag
}
