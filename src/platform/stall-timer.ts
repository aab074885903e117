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
 *
 * Bytes move many times a second, so a timer that is on its way is left alone, and sets another one when it comes too early.
 */
export function createStallTimer(clock: Clock, onStall: (ms: number) => void): StallTimer {
  let wait = { ms: 0, dueAt: 0, mayBeLate: true }
  let armedFor: number | undefined
  let cancel = () => {}

  function start(ms: number, mayBeLate: boolean): void {
    wait = { ms, dueAt: clock.now() + ms, mayBeLate }
    if (armedFor === undefined || armedFor > wait.dueAt) arm(ms)
  }

  function arm(ms: number): void {
    cancel()
    armedFor = clock.now() + ms
    cancel = clock.after(ms, onTime)
  }

  function onTime(): void {
    armedFor = undefined
    const early = wait.dueAt - clock.now()
    // No longer than it was given, where the clock was set back.
    if (early > 0) arm(Math.min(early, wait.ms))
    else if (wait.mayBeLate && -early > LATE_MS) start(wait.ms, false)
    else onStall(wait.ms)
  }

  return {
    restart: (ms) => start(ms, true),
    stop() {
      cancel()
      armedFor = undefined
    },
  }
}
