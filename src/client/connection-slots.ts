/**
 * Shares a number of connections over all requests to a host: where parts and others wait, each kind has half of them; of each goes
 * the lowest rank that waits.
 */
export interface ConnectionSlots {
  /** Runs `request` when a slot is free. @throws the signal's reason when it is aborted before. */
  readonly use: <T>(turn: Turn, request: () => Promise<T>) => Promise<T>
  /** How many are in use: for a while more than there are, where there were more before. */
  readonly used: () => number
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
  const parts = createLine()
  const others = createLine()
  let isTurnOfParts = false
  const used = () => parts.used + others.used

  function acquire({ rank, signal }: Turn, line: Line): Promise<void> {
    signal.throwIfAborted()
    if (used() < count()) {
      line.used++
      return Promise.resolve()
    }
    const { waiting } = line
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
    while (used() < count()) {
      const line = nextLine()
      const next = line.waiting.shift()
      if (!next) return
      isTurnOfParts = line === others
      line.used++
      next.begin()
    }
  }

  /** Small requests end soon: did the two only take turns, those that take long would have all slots in the end. */
  function nextLine(): Line {
    if (parts.waiting.length === 0) return others
    if (others.waiting.length === 0) return parts
    const lead = parts.used - others.used
    return lead < 0 || (lead === 0 && isTurnOfParts) ? parts : others
  }

  return {
    async use(turn, request) {
      const line = turn.isPart ? parts : others
      await acquire(turn, line)
      try {
        // The signal may have come between the turn and this line.
        turn.signal.throwIfAborted()
        return await request()
      } finally {
        line.used--
        refill()
      }
    },
    used,
    refill,
  }
}

interface Line {
  readonly waiting: Waiter[]
  used: number
}

function createLine(): Line {
  return { waiting: [], used: 0 }
}
