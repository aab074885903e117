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
/** So long after its last byte an upload is shown to stand still. */
const STILL_MS = 5_000

/** How far an upload is, and how fast: what falls back is not shown. */
export function createProgressMeter(clock: Clock, total: number, redraw: () => void) {
  const sent = new Map<number, number>()
  /** Whatever becomes of them: what is sent again goes at the line's speed too. */
  let movedBytes = 0
  let loaded = 0
  let speed: SpeedMeter = NO_SPEED
  let isMovingNow = false
  let isRedrawDue = false
  let cancelStill = () => {}

  function bytesLoaded(state: TaskState): number {
    if (state.phase === 'succeeded') return total
    const inFlight = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0)
    // The last byte counts when OSS has confirmed them all.
    return Math.min(acknowledgedBytes(state) + inFlight, Math.max(0, total - 1))
  }

  function redrawIfMoving(): void {
    if (isMovingNow) redraw()
  }

  function redrawSoon(): void {
    if (isRedrawDue) return
    isRedrawDue = true
    clock.after(REDRAW_EVERY_MS, () => {
      isRedrawDue = false
      redrawIfMoving()
      cancelStill()
      if (isMovingNow) cancelStill = clock.after(STILL_MS, redrawIfMoving)
    })
  }

  return {
    redrawSoon,
    /** Bytes of a request's body sent so far. */
    sent(partNumber: number, bytes: number): void {
      if (!isMovingNow) return
      movedBytes += Math.max(0, bytes - (sent.get(partNumber) ?? 0))
      sent.set(partNumber, bytes)
      redrawSoon()
    },
    acknowledged({ partNumber, size }: { partNumber: number; size: number }): void {
      movedBytes += Math.max(0, size - (sent.get(partNumber) ?? 0))
      sent.delete(partNumber)
    },
    changed(state: TaskState): void {
      isMovingNow = isMoving(state)
      if (isMovingNow) return
      sent.clear()
      speed = NO_SPEED
      cancelStill()
    },
    read(state: TaskState) {
      const now = bytesLoaded(state)
      loaded = Math.max(loaded, now)
      if (isMoving(state)) speed = measure(speed, clock.now(), movedBytes)
      const rate = isMoving(state) ? bytesPerSecond(speed) : 0
      return { loaded, total, bytesPerSecond: rate, secondsLeft: secondsLeft(now, total, rate) }
    },
  }
}
