import type { Chance } from '../chance.js'
import { createDelayLine } from './delay-line.js'
import type { LinkProfile } from './profiles.js'

/** The model goes by steps. */
export const STEP_MS = 1
/** Payload of a full packet. */
export const PACKET_BYTES = 1460
/** RFC 6928. */
const FIRST_WINDOW = 10 * PACKET_BYTES
const LEAST_WINDOW = 2 * PACKET_BYTES
/** Linux: a sender idle for its retransmission timeout, at least this over the round trip, halves its window. */
const LEAST_TIMEOUT_MS = 200
/** How much faster than a window in each round trip a sender may go (Linux: 2 in slow start, 1.2 after). */
const PACE = 2

/**
 * One direction of one TCP connection: a window that doubles each round trip until the first loss, then grows by one packet each
 * round trip and halves on loss (Reno, with selective acknowledgement: losses of one window halve it once, and none waits for a
 * timeout). Bytes are counted, not kept, and a byte may be divided.
 */
export interface Sender {
  /** Puts bytes behind those waiting to be sent. */
  send(bytes: number): void
  /** Bytes not yet on the line. */
  readonly waiting: number
  /** All bytes that have come out at the far end so far, in order. */
  readonly delivered: number
  /** Nothing waits, and nothing is on its way. */
  readonly isIdle: boolean
}

/** The sender as its bottleneck sees it. Called once for each step, in this order, unless it is quiet. */
export interface QueuedSender extends Sender {
  /** Idle, and nothing is unacknowledged: time changes nothing. */
  readonly isQuiet: boolean
  /** Hears acknowledgements and losses, then fills the queue as far as its window and the queue's limit allow. */
  fillQueue(nowMs: number, limitBytes: number): void
  /** Bytes in the queue. */
  readonly queued: number
  /** The line takes bytes out of the queue, one round trip before the sender hears of it. */
  leaveQueue(nowMs: number, bytes: number): void
  /** What has reached the far end by now. */
  deliver(nowMs: number): void
}

/** @param opensAtMs nothing is sent before */
export function createSender(
  profile: LinkProfile,
  chance: Chance,
  opensAtMs: number,
): QueuedSender {
  const { rttMs, loss = 0 } = profile
  const timeoutMs = rttMs + LEAST_TIMEOUT_MS
  const arriving = createDelayLine()
  const unacknowledged = createDelayLine()
  let total = 0
  let waiting = 0
  let queued = 0
  let delivered = 0
  let window = FIRST_WINDOW
  let threshold = Number.POSITIVE_INFINITY
  let lastSentMs = opensAtMs
  let hearsOfLossMs: number | undefined
  /** A retransmission is not there before: what follows it waits for it at the far end. */
  let heldUntilMs = 0
  let bytesToNextLoss = drawGap()

  function drawGap(): number {
    if (loss === 0) return Number.POSITIVE_INFINITY
    return (-Math.log(1 - chance.roll()) / loss) * PACKET_BYTES
  }

  function acknowledge(nowMs: number): void {
    // A window of which not half is used says nothing about the line (RFC 7661).
    const isUsed = 2 * (queued + unacknowledged.bytes) >= window
    const bytes = unacknowledged.take(nowMs)
    if (!isUsed || hearsOfLossMs !== undefined) return
    window += window < threshold ? bytes : (PACKET_BYTES * bytes) / window
  }

  function lose(nowMs: number): void {
    if (hearsOfLossMs !== undefined) return
    hearsOfLossMs = nowMs + rttMs
    heldUntilMs = hearsOfLossMs + rttMs / 2
  }

  function hearOfLoss(nowMs: number): void {
    if (hearsOfLossMs === undefined || nowMs < hearsOfLossMs) return
    hearsOfLossMs = undefined
    threshold = Math.max(window / 2, LEAST_WINDOW)
    window = threshold
  }

  function restartWhenIdle(nowMs: number): void {
    if (queued + unacknowledged.bytes > 0) return
    for (; nowMs - lastSentMs > timeoutMs && window > FIRST_WINDOW; lastSentMs += timeoutMs) {
      threshold = Math.max(threshold, (window * 3) / 4)
      window = Math.max(window / 2, FIRST_WINDOW)
    }
  }

  const isIdle = () => waiting + queued + arriving.bytes === 0

  return {
    send(bytes) {
      total += bytes
      waiting += bytes
    },
    fillQueue(nowMs, limitBytes) {
      acknowledge(nowMs)
      hearOfLoss(nowMs)
      if (waiting === 0 || nowMs < opensAtMs) return
      restartWhenIdle(nowMs)
      const paced = Math.max((PACE * window * STEP_MS) / rttMs, LEAST_WINDOW)
      const wanted = Math.min(waiting, window - queued - unacknowledged.bytes, paced)
      const bytes = Math.min(wanted, limitBytes - queued)
      if (bytes < wanted) lose(nowMs)
      if (bytes <= 0) return
      waiting -= bytes
      queued += bytes
    },
    leaveQueue(nowMs, bytes) {
      queued -= bytes
      lastSentMs = nowMs
      unacknowledged.put(nowMs + rttMs, bytes)
      bytesToNextLoss -= bytes
      let lost = 0
      for (; bytesToNextLoss <= 0; bytesToNextLoss += drawGap()) {
        lost += PACKET_BYTES
        lose(nowMs)
      }
      lost = Math.min(lost, bytes)
      waiting += lost
      arriving.put(Math.max(nowMs + rttMs / 2, heldUntilMs), bytes - lost)
    },
    deliver(nowMs) {
      delivered += arriving.take(nowMs)
      // Without what fractions have lost in adding up.
      if (isIdle()) delivered = total
    },
    get waiting() {
      return waiting
    },
    get queued() {
      return queued
    },
    get delivered() {
      return delivered
    },
    get isIdle() {
      return isIdle()
    },
    get isQuiet() {
      return isIdle() && unacknowledged.bytes === 0
    },
  }
}
