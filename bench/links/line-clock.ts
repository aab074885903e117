import { performance } from 'node:perf_hooks'
import type { Link } from '../../src/simulation/link/link.js'

/** The shortest timer Node has. */
const TICK_MS = 1

/** Lets a link's time pass as the machine's does. */
export interface LineClock {
  /** Before anything is put on the line: a timer may be late. */
  catchUp(): void
  stop(): void
}

/** @param onPassed called after time has passed while something is on its way */
export function createLineClock(link: Link, onPassed: () => void): LineClock {
  let passedMs = performance.now()
  let timer: NodeJS.Timeout | undefined

  function pass(): void {
    const nowMs = performance.now()
    link.advance(nowMs - passedMs)
    passedMs = nowMs
  }

  function tick(): void {
    timer = undefined
    pass()
    onPassed()
    keepTicking()
  }

  function keepTicking(): void {
    if (!link.isIdle) timer ??= setTimeout(tick, TICK_MS)
  }

  return {
    catchUp() {
      pass()
      // Once what is about to be sent has been.
      timer ??= setTimeout(tick, TICK_MS)
    },
    stop: () => clearTimeout(timer),
  }
}
