import { type Spread, shown, spread } from '../report/spread.js'
import type { Row } from '../report/table.js'
import { OURS } from '../variants.js'
import { OURS_AGAIN } from './cases.js'
import type { MeasuredVariant } from './measure-case.js'

export interface LinkRow {
  readonly variant: string
  readonly mbit: Spread
  /** Ours to this one, round by round. */
  readonly oursTo: Spread
  readonly failures: number
}

export interface CaseSummary {
  readonly rows: readonly LinkRow[]
  readonly best: LinkRow | undefined
  readonly bestOther: LinkRow | undefined
  readonly again: LinkRow | undefined
}

/** The best setting is chosen after the fact, by its median: that favours it. */
export function summarizeCase(measured: readonly MeasuredVariant[]): CaseSummary {
  const ours = measured.find(({ variant }) => variant.name === OURS)?.mbit ?? []
  const all = measured.map(({ variant, mbit, failures }) => ({
    kind: variant.kind,
    variant: variant.name,
    mbit: spread(mbit.filter(Number.isFinite)),
    oursTo: spread(
      mbit.map((own, round) => (ours[round] ?? Number.NaN) / own).filter(Number.isFinite),
    ),
    failures: failures.length,
  }))
  const fastest = (kind: string) =>
    all
      .filter((row) => row.kind === kind && row.mbit.n > 0)
      .reduce<(typeof all)[number] | undefined>(
        (best, row) => (best && best.mbit.median >= row.mbit.median ? best : row),
        undefined,
      )
  return {
    rows: all,
    best: fastest('fixed'),
    bestOther: fastest('others'),
    again: all.find(({ variant }) => variant === OURS_AGAIN.name),
  }
}

export function caseRows({ rows }: CaseSummary): Row[] {
  return rows.map(({ variant, mbit, oursTo, failures }) => ({
    variant,
    'Mbit/s': shown(mbit, 1),
    'ours / it': shown(oursTo, 2),
    n: `${mbit.n}`,
    failed: failures > 0 ? `${failures}` : '',
  }))
}

export function overviewRow(name: string, { rows, best, bestOther, again }: CaseSummary): Row {
  const ours = rows.find(({ variant }) => variant === OURS)
  const ratio = (row: LinkRow | undefined) => (row ? shown(row.oursTo, 2) : '–')
  return {
    link: name,
    'ours Mbit/s': ours ? shown(ours.mbit, 1) : '–',
    'best fixed': best?.variant ?? '–',
    'ours / best fixed': ratio(best),
    'best library': bestOther?.variant ?? '–',
    'ours / best library': ratio(bestOther),
    'A/A': ratio(again),
    n: `${ours?.mbit.n ?? 0}`,
  }
}
