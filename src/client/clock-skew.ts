import type { Clock } from '../environment.js'
import { rejectsClock } from '../protocol/service-error.js'

/** 2000 and 2100: a `ServerTime` outside did not come from a clock that is right. */
const EARLIEST_MS = 946_684_800_000
const LATEST_MS = 4_102_444_800_000
/** An answer is dated in whole seconds, and was on its way for some. */
const ROUGH_MS = 60_000

/** How far OSS's clock is ahead of the device's, in milliseconds, where its refusal tells. */
export function learnedOffset(error: unknown, deviceMs: number): number | undefined {
  const serverMs = rejectsClock(error) ? error.serverTimeMs : undefined
  if (serverMs === undefined || serverMs < EARLIEST_MS || serverMs > LATEST_MS) return undefined
  return serverMs - deviceMs
}

/** OSS's clock, as far as it is known: the device's, until the app server shows another one, or OSS has refused that. */
export interface ServerClock {
  readonly now: () => number
  /** What OSS's clock showed when the device's showed `deviceMs`. */
  readonly at: (deviceMs: number) => number
  /** @returns whether the refusal told the time, so that the same request may succeed now. */
  readonly learnFrom: (error: unknown) => boolean
  /** What the app server's clock shows: better than the device's, until OSS has said otherwise, or taken a request. */
  readonly suppose: (serverMs: number) => void
  /** Whether the app server's clock agrees with the device's: then it is hardly wrong. */
  readonly isLikely: () => boolean
  /** OSS has taken a request by it. */
  readonly confirm: () => void
  /** What was learned did not help. */
  readonly distrust: () => void
}

/** One for all requests of an uploader. The device's clock may jump at any time: then OSS refuses, and teaches, once more. */
export function createServerClock(device: Pick<Clock, 'now'>): ServerClock {
  let offsetMs = 0
  let isTold = false
  let isLikely = false
  const at = (deviceMs: number) => deviceMs + offsetMs
  return {
    at,
    now: () => at(device.now()),
    learnFrom(error) {
      const learned = learnedOffset(error, device.now())
      if (learned === undefined) return false
      offsetMs = learned
      isTold = true
      return true
    },
    suppose(serverMs) {
      // An application may tell what it could not read.
      const isTime = serverMs >= EARLIEST_MS && serverMs <= LATEST_MS
      if (isTold || !isTime) return
      const supposedMs = serverMs - device.now()
      isLikely = Math.abs(supposedMs) < ROUGH_MS
      offsetMs = isLikely ? 0 : supposedMs
    },
    isLikely: () => isLikely,
    confirm() {
      isTold = true
    },
    distrust() {
      offsetMs = 0
    },
  }
}
