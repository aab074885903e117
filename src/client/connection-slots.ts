/** Shares a fixed number of connections over all requests of an uploader; the lowest rank that waits goes first. */
export interface ConnectionSlots {
  /** Runs `request` when a slot is free. @throws the signal's reason when it is aborted before. */
  readonly use: <T>(turn: Turn, request: () => Promise<T>) => Promise<T>
}

export interface Turn {
  /** Lower goes first: the order in which uploads were asked for. */
  readonly rank: number
  readonly signal: AbortSignal
}

interface Waiter {
  readonly rank: number
  readonly begin: () => void
}

export function createConnectionSlots(count: number): ConnectionSlots {
  const waiting: Waiter[] = []
  let free = count

  function acquire({ rank, signal }: Turn): Promise<void> {
    signal.throwIfAborted()
    if (free > 0) {
      free--
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        waiting.splice(waiting.indexOf(waiter), 1)
        reject(signal.reason)
      }
      const waiter: Waiter = {
        rank,
        begin: () => {
          signal.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      signal.addEventListener('abort', onAbort, { once: true })
      const behind = waiting.findIndex((other) => other.rank > rank)
      waiting.splice(behind === -1 ? waiting.length : behind, 0, waiter)
    })
  }

  /** The slot goes straight to the next in line, so nobody can slip in between. */
  function release(): void {
    const next = waiting.shift()
    if (next) next.begin()
    else free++
  }

  return {
    async use(turn, request) {
      await acquire(turn)
      try {
        // The signal may have come between the turn and this line.
        turn.signal.throwIfAborted()
        return await request()
      } finally {
        release()
      }
    },
  }
}
