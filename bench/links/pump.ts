import type { Readable, Writable } from 'node:stream'
import type { Sender } from '../../src/simulation/link/sender.js'

/** What a far end that does not read may leave unread here. */
const UNREAD_LIMIT_BYTES = 4 * 2 ** 20

/** Carries the bytes of one direction over the line. */
export interface Pump {
  /** Hands over what has arrived, and takes more from the sender where there is room. */
  flush(): void
}

/**
 * @param line where the bytes are counted; the bytes themselves are kept here until the line has delivered as many
 * @param before called before bytes are put on the line
 * @param room how many bytes may wait for the line; a sender with more is not read from, and learns it from its own full buffer
 */
export function createPump(
  from: Readable,
  to: Writable,
  line: Sender,
  before: () => void,
  room: () => number,
): Pump {
  const held: Buffer[] = []
  let handedOver = 0
  let hasEnded = false

  from.on('data', (chunk: Buffer) => {
    before()
    held.push(chunk)
    line.send(chunk.length)
    if (line.waiting >= room()) from.pause()
  })
  from.once('end', () => {
    hasEnded = true
    before()
  })

  function handOver(bytes: number): void {
    let left = bytes
    for (let chunk = held[0]; chunk && left > 0; chunk = held[0]) {
      if (chunk.length <= left) held.shift()
      else held[0] = chunk.subarray(left)
      const piece = chunk.subarray(0, left)
      left -= piece.length
      to.write(piece)
    }
  }

  return {
    flush() {
      // A byte still divided has not arrived.
      const bytes = Math.floor(line.delivered) - handedOver
      handOver(bytes)
      handedOver += bytes
      if (hasEnded && held.length === 0) to.end()
      else if (line.waiting < room() && to.writableLength < UNREAD_LIMIT_BYTES) from.resume()
    },
  }
}
