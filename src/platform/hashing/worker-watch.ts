/** A worker answers between two windows of a few MiB, and a device that wakes has as long again before it is given up. */
const ASK_MS = 15_000

/**
 * Notices a worker that died without a word: killed for want of memory, or its script never came. It is asked now and then whether
 * it lives, and is given up when it has not answered twice in a row; a slow disk keeps it from no answer.
 */
export function createWorkerWatch(ask: () => void, onDead: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let unanswered = 0

  function onTime(): void {
    if (unanswered > 1) {
      onDead()
      return
    }
    unanswered++
    ask()
    timer = setTimeout(onTime, ASK_MS)
  }

  return {
    /** There is something to wait for. */
    begin(): void {
      timer ??= setTimeout(onTime, ASK_MS)
    },
    heard(): void {
      unanswered = 0
    },
    end(): void {
      clearTimeout(timer)
      timer = undefined
      unanswered = 0
    },
  }
}
