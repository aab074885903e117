import type { Clock } from '../environment.js'

export interface ManualClock extends Clock {
  /** Moves time on, timer by timer; what each one starts may run before the next. */
  readonly advance: (ms: number) => Promise<void>
  /** Lets everything that needs no time run. */
  readonly settle: () => Promise<void>
}

/** A clock that stands still until a test moves it. */
export function createManualClock(startMs = Date.UTC(2026, 0, 2, 3, 4, 5)): ManualClock {
  const timers = new Set<{ readonly dueMs: number; readonly callback: () => void }>()
  let nowMs = startMs

  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

  return {
    now: () => nowMs,
    after(ms, callback) {
      const timer = { dueMs: nowMs + ms, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    settle,
    async advance(ms) {
      const endMs = nowMs + ms
      await settle()
      for (;;) {
        const due = [...timers].filter(({ dueMs }) => dueMs <= endMs)
        const next = due.sort((a, b) => a.dueMs - b.dueMs)[0]
        if (!next) break
        timers.delete(next)
        nowMs = next.dueMs
        next.callback()
        await settle()
      }
      nowMs = endMs
    },
  }
}
