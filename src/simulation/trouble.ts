import type { Chance } from './chance.js'
import { FAULT_NAMES, type FaultName } from './faults.js'
import type { Operation } from './operation.js'

export type StoreTrouble = 'fails' | 'full' | 'hangs' | 'loses a record' | 'damages a record'

/** What this run has to put up with. Each run has a few kinds of trouble, or they would hide one another. */
export interface Trouble {
  /** How likely each fault is, for each request it can hit. */
  readonly faults: readonly (readonly [FaultName, number])[]
  readonly denied: ReadonlySet<Operation>
  /** Milliseconds after the start, from and to. */
  readonly offline: readonly (readonly [number, number])[]
  /** How likely each call of the store meets it. */
  readonly store: readonly (readonly [StoreTrouble, number])[]
  readonly credentials: {
    readonly lifeMs: number
    readonly failing: number
    readonly hanging: number
    /** The page can read when the app server answered. */
    readonly isDated: boolean
  }
  /** By which a page's clock is wrong. */
  readonly skewMs: number
  /** Longest time one way, in milliseconds. */
  readonly latencyMs: number
  /** Longest time a slice is hashed. */
  readonly hashMs: number
  readonly hasLocks: boolean
  /** Files tell that they were written to. */
  readonly seesEdits: boolean
}

const STORE_TROUBLES: readonly StoreTrouble[] = [
  'fails',
  'full',
  'hangs',
  'loses a record',
  'damages a record',
]

export function drawTrouble(chance: Chance): Trouble {
  const isCalm = chance.happens(0.1)
  const level = isCalm ? 0 : chance.pick([0.02, 0.05, 0.1, 0.3])
  const kinds = isCalm ? 0 : chance.pick([0.05, 0.1, 0.2, 0.5])
  const some = <T>(items: readonly T[], share: number) =>
    items.filter(() => chance.happens(share)).map((item) => [item, level * chance.roll()] as const)
  return {
    faults: some(FAULT_NAMES, kinds),
    denied: new Set(
      (['HeadObject', 'ListParts', 'Abort', 'ListUploads'] as const).filter(() =>
        chance.happens(isCalm ? 0 : 0.08),
      ),
    ),
    offline: isCalm || chance.happens(0.8) ? [] : [offlinePeriod(chance)],
    store: isCalm || chance.happens(0.7) ? [] : some(STORE_TROUBLES, 0.4),
    credentials: {
      lifeMs: chance.pick([3_600_000, 900_000, 60_000, 5_000, 1_000]),
      failing: chance.happens(0.2) ? level : 0,
      hanging: chance.happens(0.1) ? level : 0,
      isDated: chance.happens(0.5),
    },
    skewMs: chance.happens(0.8)
      ? 0
      : chance.pick([-5_000, 60_000, 840_000, -3_600_000, 86_400_000]),
    latencyMs: chance.pick([5, 50, 300, 2_000]),
    hashMs: chance.happens(0.7) ? 0 : chance.pick([10, 500, 3_000]),
    hasLocks: chance.happens(0.8),
    seesEdits: chance.happens(0.7),
  }
}

function offlinePeriod(chance: Chance): readonly [number, number] {
  const from = chance.between(0, 5_000)
  return [from, from + chance.pick([500, 5_000, 60_000, 600_000])]
}
