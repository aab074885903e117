import type { Sample } from '../measure-upload.js'
import { FLOOR } from '../variants.js'
import { type Spread, shown, spread } from './spread.js'

const MIB = 1024 * 1024

/** A line of the table: column -> text. */
export type Row = Readonly<Record<string, string>>

export interface Measured {
  readonly variant: string
  /** Turn by turn: the same index was measured in the same round. */
  readonly samples: readonly Sample[]
}

export interface UploadSummary {
  readonly variant: string
  readonly wallMs: Spread
  /** To the bare loop of the same round. */
  readonly ratio: Spread
  readonly cpuMsPerGib: Spread
  readonly mainMsPerGib: Spread
  /** Over all rounds. */
  readonly longTasks: { readonly count: number; readonly longestMs: number }
  readonly grownBytes: Spread
  readonly requests: Spread
  readonly preflights: Spread
  readonly maxBodies: Spread
}

export function summarize(measured: readonly Measured[], bytes: number): UploadSummary[] {
  const floor = measured.find(({ variant }) => variant === FLOOR.name)?.samples ?? []
  const gib = bytes / 1024 ** 3
  return measured.map(({ variant, samples }) => {
    const of = (value: (sample: Sample, round: number) => number | undefined) =>
      spread(samples.map(value).filter((number) => number !== undefined))
    const longTasks = samples.flatMap((sample) => sample.longTasks)
    return {
      variant,
      wallMs: of(({ wallMs }) => wallMs),
      ratio: of(({ wallMs }, round) => floor[round] && wallMs / floor[round].wallMs),
      cpuMsPerGib: of(({ cpuMs }) => cpuMs && cpuMs / gib),
      mainMsPerGib: of(({ mainMs }) => mainMs / gib),
      longTasks: { count: longTasks.length, longestMs: Math.max(0, ...longTasks) },
      grownBytes: of(({ grownBytes }) => grownBytes),
      requests: of(({ traffic }) => total(traffic.requests) - preflights(traffic.requests)),
      preflights: of(({ traffic }) => preflights(traffic.requests)),
      maxBodies: of(({ traffic }) => traffic.maxBodies),
    }
  })
}

export function uploadRows(summaries: readonly UploadSummary[]): Row[] {
  return summaries.map((summary) => ({
    client: summary.variant,
    'wall s': shown(inUnitsOf(summary.wallMs, 1000), 2),
    '/ bare': shown(summary.ratio, 2),
    'CPU s/GiB': shown(inUnitsOf(summary.cpuMsPerGib, 1000), 2),
    'main s/GiB': shown(inUnitsOf(summary.mainMsPerGib, 1000), 2),
    'long tasks': longTasksShown(summary.longTasks),
    'renderer +MiB': shown(inUnitsOf(summary.grownBytes, MIB), 0),
    requests: `${summary.requests.median}`,
    preflights: `${summary.preflights.median}`,
    bodies: `${summary.maxBodies.max}`,
    n: `${summary.wallMs.n}`,
  }))
}

function longTasksShown({ count, longestMs }: UploadSummary['longTasks']): string {
  return count === 0 ? '0' : `${count}, to ${longestMs.toFixed(0)} ms`
}

function inUnitsOf({ median, min, max, n }: Spread, unit: number): Spread {
  return { median: median / unit, min: min / unit, max: max / unit, n }
}

function total(requests: Readonly<Record<string, number>>): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0)
}

function preflights(requests: Readonly<Record<string, number>>): number {
  return requests['OPTIONS'] ?? 0
}
