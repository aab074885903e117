/** Milliseconds since the epoch; the browser's clock is the same one. */
function now(): number {
  return performance.timeOrigin + performance.now()
}

/** A silence shorter than this is not one: the next read may only be late. */
const SILENCE_MS = 20

/** What the server saw since it was last asked to begin anew. Times are milliseconds since the epoch. */
export interface Traffic {
  /** By method; preflights are the `OPTIONS`. */
  readonly requests: Readonly<Record<string, number>>
  readonly bodyBytes: number
  /** Bodies on their way at once, at most. */
  readonly maxBodies: number
  /** When each PUT was answered, in that order. */
  readonly answeredAt: readonly number[]
  /** When bytes of bodies came in, without the silences between. */
  readonly busy: readonly (readonly [from: number, to: number])[]
  /** What all this took the server's process. */
  readonly serverCpuMs: number
}

export function createTrafficMeter() {
  let requests: Record<string, number> = {}
  let bodyBytes = 0
  let bodies = 0
  let maxBodies = 0
  let answeredAt: number[] = []
  let busy: [from: number, to: number][] = []
  let cpuBefore = process.cpuUsage()

  return {
    reset(): void {
      requests = {}
      bodyBytes = 0
      maxBodies = bodies
      answeredAt = []
      busy = []
      cpuBefore = process.cpuUsage()
    },
    requested(method: string): void {
      requests[method] = (requests[method] ?? 0) + 1
    },
    bodyBegan(): void {
      maxBodies = Math.max(maxBodies, ++bodies)
    },
    bodyEnded(): void {
      bodies--
    },
    received(bytes: number): void {
      bodyBytes += bytes
      const at = now()
      const last = busy.at(-1)
      if (last && at - last[1] < SILENCE_MS) last[1] = at
      else busy.push([at, at])
    },
    answered(): void {
      answeredAt.push(now())
    },
    read(): Traffic {
      const { user, system } = process.cpuUsage(cpuBefore)
      const serverCpuMs = (user + system) / 1000
      return { requests, bodyBytes, maxBodies, answeredAt, busy, serverCpuMs }
    },
  }
}

export type TrafficMeter = ReturnType<typeof createTrafficMeter>
