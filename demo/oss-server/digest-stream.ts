import { createHash } from 'node:crypto'
import { createCrc64 } from './crc64.js'

export interface Digests {
  size: number
  md5: Buffer
  crc64: bigint
}

export interface DigestStream {
  /** A pipeline stage that hands every chunk on unchanged. */
  pass(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer>
  /** What went through; call it once, after the end. */
  result(): Digests
}

/** MD5 and CRC-64 of bytes on their way to the disk, so that nothing is read twice. */
export function createDigestStream(): DigestStream {
  const md5 = createHash('md5')
  const crc64 = createCrc64()
  let size = 0
  return {
    async *pass(source) {
      for await (const chunk of source) {
        md5.update(chunk)
        crc64.update(chunk)
        size += chunk.length
        yield chunk
      }
    },
    result: () => ({ size, md5: md5.digest(), crc64: crc64.digest() }),
  }
}
