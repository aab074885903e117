import { setMaxListeners } from 'node:events'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultSource } from '../../demo/oss-server/server.js'

type BodyFault = NonNullable<FaultSource['body']>

/** When all that was let through has passed, by `performance.now()`. */
let freeAtMs = 0
let bytesPerSecond = Number.POSITIVE_INFINITY
let changed = new AbortController()

/**
 * How fast the local OSS of this process take what is sent to them, all requests together. What the sockets hold is sent as
 * far as a browser can see: some MiB a connection.
 *
 * @param speed - `-1` for as fast as it comes.
 */
export function setLineSpeed(speed: number): void {
  bytesPerSecond = speed === -1 ? Number.POSITIVE_INFINITY : speed
  freeAtMs = 0
  changed.abort()
  changed = new AbortController()
  // Each request that waits is one.
  setMaxListeners(0, changed.signal)
}

/** Lets bodies come in as fast as the line is, besides these faults; they may become others later. */
export function overLine(faults: FaultSource = {}): FaultSource {
  const body: BodyFault = (target, source) => {
    const slowed = bytesPerSecond === Number.POSITIVE_INFINITY ? source : slow(source)
    return faults.body?.(target, slowed) ?? slowed
  }
  return Object.assign(Object.create(faults), { body })
}

function slow(source: Readable): Readable {
  async function* paced(): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      await passed(chunk.length)
      yield chunk
    }
  }
  return Readable.from(paced())
}

async function passed(bytes: number): Promise<void> {
  const now = performance.now()
  freeAtMs = Math.max(freeAtMs, now) + (bytes / bytesPerSecond) * 1000
  // A line that is faster from now on, or slower, is no longer waited for.
  if (freeAtMs > now + 1) await sleep(freeAtMs - now, undefined, changed).catch(() => {})
}
