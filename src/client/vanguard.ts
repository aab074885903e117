import type { Clock } from '../environment.js'
import { orAborted } from '../or-aborted.js'

/** So long those behind wait: a request whose clock is refused is answered sooner, one that is large would keep the line empty. */
const MOST_MS = 2_000

/**
 * Where nobody says that the device's clock is right, one request goes ahead and the others wait for its answer: a wrong clock is
 * refused once, and not once for each of them. Where it gets none, the next one goes ahead.
 */
export interface Vanguard {
  /** Resolves when it is the caller's turn. @returns to be called, once at least, with whether OSS has answered. */
  readonly enter: (signal: AbortSignal) => Promise<(isAnswered: boolean) => void>
}

export function createVanguard(clock: Pick<Clock, 'after'>): Vanguard {
  let isOpen = false
  let ahead: Promise<void> | undefined

  function lead(): (isAnswered: boolean) => void {
    let end = (_isAnswered: boolean) => {}
    ahead = new Promise((resolve) => {
      const cancelTimer = clock.after(MOST_MS, () => end(true))
      end = (isAnswered) => {
        end = () => {}
        cancelTimer()
        isOpen ||= isAnswered
        ahead = undefined
        resolve()
      }
    })
    return (isAnswered) => end(isAnswered)
  }

  return {
    async enter(signal) {
      while (!isOpen && ahead) await orAborted(ahead, signal)
      return isOpen ? () => {} : lead()
    },
  }
}
