import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectionDrop } from './faults.js'

/** Resolves when the signal says so. */
export function untilCut(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** The first bytes, and then the connection breaks. */
export function cutAfter(source: Readable, bytes: number): Readable {
  async function* cut(): AsyncGenerator<Buffer> {
    let left = bytes
    for await (const chunk of source) {
      if (left > 0) yield chunk.subarray(0, left)
      left -= chunk.length
      if (left < 0) break
    }
    throw new ConnectionDrop()
  }
  return Readable.from(cut())
}

/** So slow that nobody waits for the end. @param released - Breaks the connection. */
export function trickled(
  source: Readable,
  bytesPerSecond: number,
  released: AbortSignal,
): Readable {
  async function* trickle(): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; at++) {
        await sleep(1000 / bytesPerSecond, undefined, { signal: released }).catch(() => {
          throw new ConnectionDrop()
        })
        yield chunk.subarray(at, at + 1)
      }
    }
  }
  return Readable.from(trickle())
}
