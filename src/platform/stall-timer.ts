import type { Clock } from '../environment.js'

/** A timer this late did not run: the device slept, or the tab was frozen or hidden. */
const LATE_MS = 5_000

export interface StallTimer {
  /** A byte has moved; the next one may take so long. */
  readonly restart: (ms: number) => void
  readonly stop: () => void
}

/**
 * Calls back when no byte moved for the time it was given. A sleep is not a stall: what came meanwhile is heard first. One such
 * respite, because in a tab that is hidden for long every timer is late.
 */
export function createStallTimer(clock: Clock, onStall: (ms: number) => void): StallTimer {
  let stop = () => {}
  function start(ms: number, mayBeLate: boolean): void {
    stop()
    const dueAt = clock.now() + ms
    stop = clock.after(ms, () => {
      if (mayBeLate && clock.now() - dueAt > LATE_MS) start(ms, false)
      else onStall(ms)
    })
  }
  return { restart: (ms) => start(ms, true), stop: () => stop() }
}
