import { createChance } from '../chance.js'
import { bytesPerMs, type LinkProfile } from './profiles.js'
import { createSender, type QueuedSender, type Sender, STEP_MS } from './sender.js'
import { shareFairly } from './share.js'

/** The bottleneck's queue holds one round trip's worth of bytes, or so long a one: a single Reno sender then fills the line. */
const LEAST_QUEUE_MS = 20

export interface Link {
  /** Milliseconds since the link was made. */
  readonly nowMs: number
  /** Lets time pass, in whole steps of a millisecond; what is left of one is kept for the next call. */
  advance(ms: number): void
  /** A TCP connection. Its own handshake takes a round trip; what is sent before leaves then. */
  open(): LinkConnection
  /** Nothing is on its way anywhere. */
  readonly isIdle: boolean
}

export interface LinkConnection {
  readonly up: Sender
  readonly down: Sender
  /** Frees its share of the line at once. */
  close(): void
}

/** A connection's two senders, at the bottlenecks of the two directions. */
interface Place {
  readonly up: QueuedSender
  readonly down: QueuedSender
}

/**
 * A line as a function of bytes and time: a bottleneck in each direction that all connections share fairly, a cap for each, latency
 * and loss. No clock, no sockets; the same seed gives the same line.
 */
export function createLink(profile: LinkProfile, seed: number): Link {
  const { rttMs, connectionMbit = profile.totalMbit } = profile
  const cap = bytesPerMs(connectionMbit) * STEP_MS
  const queueMs = Math.max(rttMs, LEAST_QUEUE_MS)
  const queueBytes = bytesPerMs(profile.totalMbit) * queueMs
  const queueBytesOfOne = bytesPerMs(connectionMbit) * queueMs
  const chance = createChance(seed)
  const places = new Set<Place>()
  let nowMs = 0
  let owedMs = 0
  let firstOpenedMs: number | undefined

  function totalMbit(): number {
    const { change } = profile
    if (!change || firstOpenedMs === undefined) return profile.totalMbit
    return nowMs - firstOpenedMs < change.afterMs ? profile.totalMbit : change.totalMbit
  }

  function step(): void {
    nowMs += STEP_MS
    stepDirection(awake('up'))
    stepDirection(awake('down'))
  }

  function awake(direction: keyof Place): QueuedSender[] {
    const senders: QueuedSender[] = []
    for (const place of places) if (!place[direction].isQuiet) senders.push(place[direction])
    return senders
  }

  function stepDirection(senders: readonly QueuedSender[]): void {
    if (senders.length === 0) return
    const active = senders.filter(({ waiting, queued }) => waiting + queued > 0)
    // A full queue turns those away who have more than their part of it.
    const part = queueBytes / active.length
    let free = queueBytes - senders.reduce((sum, { queued }) => sum + queued, 0)
    for (const sender of senders) {
      const before = sender.queued
      sender.fillQueue(nowMs, Math.min(queueBytesOfOne, Math.max(part, before + free)))
      free -= sender.queued - before
    }
    const demands = active.map(({ queued }) => Math.min(queued, cap))
    const shares = shareFairly(bytesPerMs(totalMbit()) * STEP_MS, demands)
    for (const [index, bytes] of shares.entries()) active[index]?.leaveQueue(nowMs, bytes)
    for (const sender of senders) sender.deliver(nowMs)
  }

  return {
    get nowMs() {
      return nowMs
    },
    advance(ms) {
      owedMs += ms
      for (; owedMs >= STEP_MS; owedMs -= STEP_MS) step()
    },
    open() {
      firstOpenedMs ??= nowMs
      const opensAtMs = nowMs + rttMs
      const place = {
        up: createSender(profile, chance.fork(), opensAtMs),
        down: createSender(profile, chance.fork(), opensAtMs),
      }
      places.add(place)
      return { ...place, close: () => places.delete(place) }
    },
    get isIdle() {
      return [...places].every(({ up, down }) => up.isIdle && down.isIdle)
    },
  }
}
