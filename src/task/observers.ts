/** Those who want to hear of every state. */
export function createListeners<State>() {
  const listeners = new Set<(state: State) => void>()
  let told = 0

  /** A listener that throws is the application's fault to see; it must not stop the upload. */
  function tell(listener: (state: State) => void, state: State): void {
    try {
      listener(state)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }

  return {
    /** Calls back at once. @returns the way to stop it. */
    add(listener: (state: State) => void, state: State): () => void {
      if (typeof listener !== 'function') throw new TypeError('subscribe needs a function.')
      listeners.add(listener)
      tell(listener, state)
      return () => void listeners.delete(listener)
    },
    tellAll(state: State): void {
      const turn = ++told
      for (const listener of [...listeners]) {
        // One of them changed it, and all have heard of that: what was before is no news.
        if (turn !== told) return
        // Nor does one hear any more that another has taken off.
        if (listeners.has(listener)) tell(listener, state)
      }
    },
  }
}

/** A promise with its two ends; nobody needs to be listening when it rejects. */
export function createOutcome<Result>() {
  let resolve: (result: Result) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<Result>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  promise.catch(() => {})
  return { promise, resolve, reject }
}
