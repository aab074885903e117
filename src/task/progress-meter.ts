import type { Clock } from '../environment.js'
import {
  bytesPerSecond,
  measure,
  NO_SPEED,
  type SpeedMeter,
  secondsLeft,
} from '../plan/progress.js'
import { acknowledgedBytes, isMoving } from './phases.js'
import type { TaskState } from './state.js'

const REDRAW_EVERY_MS = 50

/** How far an upload is, and how fast: what falls back is not shown. */
export function createProgressMeter(clock: Clock, total: number, redraw: () => void) {
  const sent = new Map<number, number>()
  let loaded = 0
  let speed: SpeedMeter = NO_SPEED
  let isMovingNow = false
  let isRedrawDue = false

  function bytesLoaded(state: TaskState): number {
    if (state.phase === 'succeeded') return total
    const inFlight = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0)
    // The last byte counts when OSS has confirmed them all.
    return Math.min(acknowledgedBytes(state) + inFlight, Math.max(0, total - 1))
  }

  return {
    /** Bytes of a request's body sent so far. */
    sent(partNumber: number, bytes: number): void {
      if (!isMovingNow) return
      sent.set(partNumber, bytes)
      if (isRedrawDue) return
      isRedrawDue = true
      clock.after(REDRAW_EVERY_MS, () => {
        isRedrawDue = false
        if (isMovingNow) redraw()
      })
    },
    acknowledged: (partNumber: number) => void sent.delete(partNumber),
    changed(state: TaskState): void {
      isMovingNow = isMoving(state)
      if (isMovingNow) return
      sent.clear()
      speed = NO_SPEED
    },
    read(state: TaskState) {
      loaded = Math.max(loaded, bytesLoaded(state))
      if (isMoving(state)) speed = measure(speed, clock.now(), loaded)
      const rate = isMoving(state) ? bytesPerSecond(speed) : 0
      return { loaded, total, bytesPerSecond: rate, secondsLeft: secondsLeft(loaded, total, rate) }
    },
  }
}
