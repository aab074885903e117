/** Speed over the last seconds. A value: every function gives a new one. */
export interface SpeedMeter {
  /** Oldest first: when, and how many bytes were sent by then. */
  readonly samples: readonly Sample[]
}

interface Sample {
  readonly atMs: number
  readonly loaded: number
}

const WINDOW_MS = 5_000
const SPACING_MS = 200

export const NO_SPEED: SpeedMeter = { samples: [] }

/** Adds what is sent by now; samples closer than 0.2 s replace one another, those not of the last 5 s go. */
export function measure(meter: SpeedMeter, atMs: number, loaded: number): SpeedMeter {
  // A clock that was set back leaves samples in the future.
  const recent = meter.samples.filter((sample) => Math.abs(atMs - sample.atMs) <= WINDOW_MS)
  const last = recent.at(-1)
  const beforeLast = recent.at(-2)
  const replacesLast = last && beforeLast && atMs - beforeLast.atMs < SPACING_MS
  return { samples: [...(replacesLast ? recent.slice(0, -1) : recent), { atMs, loaded }] }
}

/** Bytes a second over the window; 0 until there are two samples. */
export function bytesPerSecond({ samples }: SpeedMeter): number {
  const first = samples[0]
  const last = samples.at(-1)
  if (!first || !last || last.atMs <= first.atMs) return 0
  return Math.max(0, ((last.loaded - first.loaded) * 1000) / (last.atMs - first.atMs))
}

/** Seconds until all is sent at this speed; `undefined` while nothing moves. */
export function secondsLeft(loaded: number, total: number, speed: number): number | undefined {
  return speed > 0 ? (total - loaded) / speed : undefined
}
