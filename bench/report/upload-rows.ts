import type { Measured } from '../rounds.js'
import { FLOOR, GIB, MIB } from '../variants.js'
import { type Spread, shown, spread } from './spread.js'
import type { Row } from './table.js'

export interface UploadSummary {
  readonly variant: string
  readonly wallMs: Spread
  /** To the bare loop of the same round. */
  readonly ratio: Spread
  /** For each GiB, part or file. */
  readonly cpuMs: Spread
  readonly mainMs: Spread
  readonly mainCpuMs: Spread
  /** To the bare loop of the same round. */
  readonly cpuRatio: Spread
  /** Over all rounds. */
  readonly longTasks: { readonly count: number; readonly longestMs: number }
  readonly grownBytes: Spread
  readonly requests: Spread
  readonly preflights: Spread
  readonly maxBodies: Spread
}

/** What costs are told for. */
export interface Unit {
  readonly name: 'GiB' | 'part' | 'file'
  /** How many of them an upload has. */
  readonly count: number
}

export function perGib(bytes: number): Unit {
  return { name: 'GiB', count: bytes / GIB }
}

export function summarize(measured: readonly Measured[], { count }: Unit): UploadSummary[] {
  const floor = measured.find(({ variant }) => variant === FLOOR)?.samples ?? []
  return measured.map(({ variant, samples }) => {
    const of = (
      value: (sample: Measured['samples'][number], round: number) => number | undefined,
    ) => spread(samples.map(value).filter((number) => number !== undefined))
    const longTasks = samples.flatMap((sample) => sample.longTasks)
    return {
      variant,
      wallMs: of(({ wallMs }) => wallMs),
      ratio: of(({ wallMs }, round) => floor[round] && wallMs / floor[round].wallMs),
      cpuMs: of(({ cpuMs }) => cpuMs && cpuMs / count),
      mainMs: of(({ mainMs }) => mainMs / count),
      mainCpuMs: of(({ mainCpuMs }) => mainCpuMs / count),
      cpuRatio: of(
        ({ cpuMs }, round) => cpuMs && floor[round]?.cpuMs && cpuMs / floor[round].cpuMs,
      ),
      longTasks: { count: longTasks.length, longestMs: Math.max(0, ...longTasks) },
      grownBytes: of(({ grownBytes }) => grownBytes),
      requests: of(({ traffic }) => total(traffic.requests) - preflights(traffic.requests)),
      preflights: of(({ traffic }) => preflights(traffic.requests)),
      maxBodies: of(({ traffic }) => traffic.maxBodies),
    }
  })
}

export function uploadRows(summaries: readonly UploadSummary[], { name }: Unit): Row[] {
  const [label, scale] = name === 'GiB' ? (['s', 1000] as const) : (['ms', 1] as const)
  return summaries.map((summary) => ({
    client: summary.variant,
    'wall s': shown(inUnitsOf(summary.wallMs, 1000), 2),
    '/ bare': shown(summary.ratio, 2),
    [`CPU ${label}/${name}`]: shown(inUnitsOf(summary.cpuMs, scale), 2),
    'CPU / bare': shown(summary.cpuRatio, 2),
    [`main ${label}/${name}`]: shown(inUnitsOf(summary.mainMs, scale), 2),
    'of which CPU': shown(inUnitsOf(summary.mainCpuMs, scale), 2),
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
