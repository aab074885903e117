import type { Clock } from '../environment.js'

/** A timer this late did not run: the device slept, or the tab was frozen or hidden. */
const LATE_MS = 5_000

export interface StallTimer {
  /** A byte has moved; the next one may take so long. */
  readonly restart: (ms: number) => void
  readonly stop: () => void
}

/** Calls back when no byte moved for the time it was given. A sleep is not a stall: what came meanwhile is heard first. */
export function createStallTimer(clock: Clock, onStall: (ms: number) => void): StallTimer {
  let stop = () => {}
  function restart(ms: number): void {
    stop()
    const dueAt = clock.now() + ms
    stop = clock.after(ms, () => {
      if (clock.now() - dueAt > LATE_MS) restart(ms)
      else onStall(ms)
    })
  }
  return { restart, stop: () => stop() }
}
