import type { Hasher } from '../../environment.js'
import { orAborted } from '../../or-aborted.js'
import { crc64OfSlice } from './crc64-of-slice.js'
import { md5OfSlice } from './md5-of-slice.js'

type Digest = (slice: Blob, signal: AbortSignal) => Promise<string>

/**
 * Digests on the thread it is made on, for a SharedWorker: it has no `Worker` to ask. Slices are read in windows, and what
 * else the thread has to do comes between two of them.
 */
export function createInlineHasher(): Hasher {
  let last: Promise<unknown> = Promise.resolve()

  /** One slice at a time: side by side they would only hold more memory. */
  function inTurn(digest: Digest): Digest {
    return (slice, signal) => {
      const mine = last.then(() => {
        signal.throwIfAborted()
        return digest(slice, signal)
      })
      last = mine.catch(() => {})
      return orAborted(mine, signal)
    }
  }

  const crc64 = inTurn(crc64OfSlice)
  return {
    crc64: async (slice, signal) => BigInt(await crc64(slice, signal)),
    md5: inTurn(md5OfSlice),
  }
}
