import type { Clock } from '../environment.js'
import { orAborted } from './or-aborted.js'

/** So long those behind wait: a request whose clock is refused is answered sooner, one that is large would keep the line empty. */
const MOST_MS = 2_000

/**
 * Where nobody says that the device's clock is right, one request goes ahead and the others wait for its answer: a wrong clock is
 * refused once, and not once for each of them.
 */
export interface Vanguard {
  /** Resolves when it is the caller's turn. @returns to be called with OSS's answer; only the first one's matters. */
  readonly enter: (signal: AbortSignal) => Promise<() => void>
}

export function createVanguard(clock: Pick<Clock, 'after'>): Vanguard {
  let answered: Promise<void> | undefined
  return {
    async enter(signal) {
      if (answered) {
        await orAborted(answered, signal)
        return () => {}
      }
      let pass = () => {}
      answered = new Promise((resolve) => {
        const cancelTimer = clock.after(MOST_MS, resolve)
        pass = () => {
          cancelTimer()
          resolve()
        }
      })
      return pass
    },
  }
}
