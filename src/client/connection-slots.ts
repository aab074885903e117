/** Shares a number of connections over all requests to a host: parts and all others take turns, of each the lowest rank that waits. */
export interface ConnectionSlots {
  /** Runs `request` when a slot is free. @throws the signal's reason when it is aborted before. */
  readonly use: <T>(turn: Turn, request: () => Promise<T>) => Promise<T>
  /** Whether every slot is in use. */
  readonly isFull: () => boolean
  /** To be called when there may be more slots than before. */
  readonly refill: () => void
}

export interface Turn {
  /** Lower goes first: the order in which uploads were asked for. */
  readonly rank: number
  readonly signal: AbortSignal
  /** Of a large file some may wait all the time: a small file, or what ends another upload, is not to wait until the last is sent. */
  readonly isPart?: boolean
}

interface Waiter {
  readonly rank: number
  readonly begin: () => void
}

/** @param count - How many there are now. With fewer than before, those in use are not taken back. */
export function createConnectionSlots(count: () => number): ConnectionSlots {
  const lines = { parts: [] as Waiter[], others: [] as Waiter[] }
  let arePartsNext = false
  let used = 0

  function acquire({ rank, signal, isPart }: Turn): Promise<void> {
    signal.throwIfAborted()
    const waiting = isPart ? lines.parts : lines.others
    if (used < count()) {
      used++
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

  /** A slot goes straight to the next in line, so nobody can slip in between. */
  function refill(): void {
    while (used < count()) {
      const { parts, others } = lines
      const line = parts.length > 0 && (arePartsNext || others.length === 0) ? parts : others
      const next = line.shift()
      if (!next) return
      arePartsNext = line === others
      used++
      next.begin()
    }
  }

  return {
    async use(turn, request) {
      await acquire(turn)
      try {
        // The signal may have come between the turn and this line.
        turn.signal.throwIfAborted()
        return await request()
      } finally {
        used--
        refill()
      }
    },
    isFull: () => used >= count(),
    refill,
  }
}
