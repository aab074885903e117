/** The promise, or the signal's reason when that comes first: nobody who has left waits for an answer. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    // Before whoever waited listens for something else: a part takes one of the signal's listeners at a time.
    promise.finally(() => signal.removeEventListener('abort', onAbort)).then(resolve, reject)
  })
}
