/** The time that OSS, the network and the user go by. It moves only from event to event. */
export interface WorldClock {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Calls back once; the function it returns takes that back. */
  readonly after: (ms: number, callback: () => void) => () => void
  /** Moves to the next event, and lets all run that follows from it. @returns whether there was one. */
  readonly step: () => Promise<boolean>
}

interface Timer {
  readonly dueMs: number
  readonly order: number
  callback: (() => void) | undefined
}

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5)
/** Now and then a whole turn of the event loop, so that a rejection nobody handles in time is told as one. */
const STEPS_A_TURN = 16

export function createWorldClock(): WorldClock {
  const timers: Timer[] = []
  let nowMs = START_MS
  let order = 0

  return {
    now: () => nowMs,
    after(ms, callback) {
      const timer: Timer = { dueMs: nowMs + Math.max(0, ms), order: order++, callback }
      push(timers, timer)
      return () => {
        timer.callback = undefined
      }
    },
    async step() {
      for (let timer = pop(timers); timer; timer = pop(timers)) {
        const { callback, dueMs } = timer
        if (!callback) continue
        nowMs = dueMs
        callback()
        await (order % STEPS_A_TURN === 0 ? turn() : drained())
        return true
      }
      return false
    },
  }
}

/** A tick asked for by a microtask, and only by one, comes when no microtask is left: much cheaper than a turn of the event loop. */
export function drained(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)))
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)
}

/** A binary heap. */
function push(heap: Timer[], timer: Timer): void {
  let at = heap.length
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (!parent || !isBefore(timer, parent)) break
    heap[at] = parent
    at = above
  }
  heap[at] = timer
}

function pop(heap: Timer[]): Timer | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (!first || !last || heap.length === 0) return first
  let at = 0
  for (;;) {
    const left = 2 * at + 1
    const [a, b] = [heap[left], heap[left + 1]]
    const child = a && b && isBefore(b, a) ? left + 1 : left
    const below = heap[child]
    if (!below || !isBefore(below, last)) break
    heap[at] = below
    at = child
  }
  heap[at] = last
  return first
}
