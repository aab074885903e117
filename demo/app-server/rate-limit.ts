export interface RateLimit {
  /** Undefined when the caller may go on, else the seconds until it may. */
  secondsToWait(user: string): number | undefined
}

const WINDOW_MS = 60_000

/** At most so many a minute for each user, over any minute. */
export function createRateLimit(perMinute: number, now: () => number): RateLimit {
  const recent = new Map<string, number[]>()
  let sweptAt = now()
  return {
    secondsToWait(user) {
      const since = now() - WINDOW_MS
      if (sweptAt <= since) {
        for (const [old, times] of recent) if ((times.at(-1) ?? 0) <= since) recent.delete(old)
        sweptAt = now()
      }
      const times = (recent.get(user) ?? []).filter((time) => time > since)
      const [oldest] = times
      if (oldest !== undefined && times.length >= perMinute) {
        return Math.ceil((oldest - since) / 1000)
      }
      recent.set(user, [...times, now()])
      return undefined
    },
  }
}
