import type { Environment, LineMemory } from '../environment.js'
import { isOssUploadError } from '../errors.js'
import {
  adapt,
  firstParallelism,
  MAX_PARALLEL,
  METERED_PARALLEL,
  type Parallelism,
} from '../plan/parallelism.js'
import { type ConnectionSlots, createConnectionSlots } from './connection-slots.js'

/** Long enough for the progress of large parts to tell a rate, short enough for a file of a minute. */
const WINDOW_MS = 2_000
/** What took longer has slept, or stood still. */
const MOST_WINDOW_MS = 3 * WINDOW_MS
/** Of a request; smaller ones are as fast as their round trips, whatever the line. */
const TELLING_BYTES = 512 * 1024

/** How many requests go to a host at a time, and how fast they are. */
export interface Pace {
  readonly slots: ConnectionSlots
  /** As many as there may ever be. */
  readonly most: number
  /** As many as there may be on the line as it is now. */
  readonly connections: () => number
  /** Bytes a second that are reached with every request under way, lately, in this visit or an earlier one. */
  readonly bytesPerSecond: () => number | undefined
  /** Bytes handed to the network, of a request that has so many in all. Negative when they were sent in vain; then 0: nobody knows when. */
  readonly moved: (bytes: number, requestBytes: number) => void
  readonly failed: (error: unknown) => void
}

/** So many requests, whatever becomes of them. */
export function fixedPace(count: number): Pace {
  return {
    slots: createConnectionSlots(() => count),
    most: count,
    connections: () => count,
    bytesPerSecond: () => undefined,
    moved: () => {},
    failed: () => {},
  }
}

/**
 * Requests by what the line makes of them. Nothing here is on a timer: a window ends with the first byte that moves after it,
 * so that a hidden tab keeps its speed.
 */
export function adaptivePace(
  { clock, connection, lineMemory }: Pick<Environment, 'clock' | 'connection' | 'lineMemory'>,
  origin: string,
): Pace {
  let parallelism = firstParallelism()
  let known: number | undefined
  let hasMoved = false
  let startMs = Number.NEGATIVE_INFINITY
  let bytesSent = 0
  /** All that time as many requests were under way as were to be, and as many as there may ever be. */
  let [isBusy, isWhole, isTelling] = [false, false, true]
  const connections = () => (connection.isMetered() ? METERED_PARALLEL : MAX_PARALLEL)
  const slots = createConnectionSlots(() => Math.min(parallelism.limit, connections()))

  void recall(lineMemory, origin).then((bytesPerSecond) => {
    if (!hasMoved) known = bytesPerSecond
  })

  function become(next: Parallelism): void {
    parallelism = next
    slots.refill()
  }

  /** Where there are to be fewer, those under way go on, and say nothing of how it is with fewer. */
  const isAsOrdered = () => slots.used() === parallelism.limit
  const isAtMost = () => slots.used() >= connections()

  function endWindow(ms: number): void {
    const bytesPerSecond = isTelling ? (Math.max(0, bytesSent) * 1_000) / ms : undefined
    become(adapt(parallelism, { type: 'window', bytesPerSecond, isBusy }))
    if (!isWhole || bytesPerSecond === undefined) return
    // Lines that lose are now fast, now slow; and a first window is that of a line which fills.
    known = ((known ?? bytesPerSecond) + bytesPerSecond) / 2
    // How many requests are best is found out anew each time: what was too many once may be too few now.
    lineMemory?.save(origin, { bytesPerSecond: known }).catch(() => {})
  }

  return {
    slots,
    most: MAX_PARALLEL,
    connections,
    bytesPerSecond: () => known,
    moved(bytes, requestBytes) {
      hasMoved = true
      bytesSent += bytes
      // With what was sent in vain, nobody knows when, a window tells nothing at all.
      const tells = requestBytes > 0
      isBusy &&= tells && isAsOrdered()
      isWhole &&= tells && isAtMost()
      isTelling &&= requestBytes >= TELLING_BYTES
      const now = clock.now()
      const ms = now - startMs
      if (ms >= 0 && ms < WINDOW_MS) return
      // A clock that was set back, the first byte of all, and one after a long silence begin anew.
      if (ms > 0 && ms <= MOST_WINDOW_MS) endWindow(ms)
      ;[startMs, bytesSent] = [now, 0]
      ;[isBusy, isWhole, isTelling] = [isAsOrdered(), isAtMost(), true]
    },
    failed(error) {
      if (!isOverload(error)) return
      const limit = Math.min(parallelism.limit, connections())
      become(adapt({ ...parallelism, limit }, { type: 'overload' }))
    },
  }
}

/** A reset says nothing: lines break. Silence, and a server that asks for less, say that there is too much under way. */
function isOverload(error: unknown): boolean {
  if (!isOssUploadError(error)) return false
  return error.status === 503 || error.status === 429 || error.code === 'timeout'
}

/** @returns bytes a second. */
async function recall(memory: LineMemory | undefined, origin: string): Promise<number | undefined> {
  const found = await memory?.load(origin).catch(() => undefined)
  if (typeof found !== 'object' || found === null) return undefined
  const bytesPerSecond = 'bytesPerSecond' in found ? Number(found.bytesPerSecond) : 0
  return Number.isFinite(bytesPerSecond) && bytesPerSecond > 0 ? bytesPerSecond : undefined
}
