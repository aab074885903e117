import type { Row } from '../report/table.js'
import type { Turns } from '../rounds.js'
import type { Variant } from '../variants.js'

export interface Surroundings extends Turns {
  /** For files; removed when the case is over. */
  readonly folder: string
  /** Bytes; the case's own without it. */
  readonly size: number | undefined
  /** Those that were asked for. */
  readonly pick: (variants: readonly Variant[]) => Variant[]
}

export interface CaseReport {
  readonly title: string
  readonly rows: readonly Row[]
  /** What is to be known of the figures. */
  readonly notes: readonly string[]
  /** Everything that was measured. */
  readonly data: unknown
}

export type Case = (surroundings: Surroundings) => Promise<CaseReport>
