import { type Chance, createChance } from './chance.js'
import { createIssuer, type Issuer } from './issuer.js'
import { createStrictOss, type StrictOss } from './strict-oss.js'
import { drawTrouble, type Trouble } from './trouble.js'
import { createWitness, type Witness } from './witness.js'
import { createWorldClock, type WorldClock } from './world-clock.js'

/** Everything the tabs of one run share. */
export interface World {
  readonly clock: WorldClock
  readonly startMs: number
  /** Each part of the world rolls its own, so that a change in one leaves the others as they were. */
  readonly chance: {
    readonly user: Chance
    readonly network: Chance
    readonly engine: Chance
    readonly store: Chance
  }
  readonly trouble: Trouble
  readonly issuer: Issuer
  readonly oss: StrictOss
  readonly witness: Witness
  /** Whether trouble is over: nothing fails any more that did not fail for good. */
  isHealed: boolean
  /** The text is only made where someone reads it. */
  readonly log: (text: () => string) => void
}

export function createWorld(seed: number, lines?: string[]): World {
  const chance = createChance(seed)
  const trouble = drawTrouble(chance.fork())
  const clock = createWorldClock()
  const startMs = clock.now()
  const log = (text: () => string) =>
    void lines?.push(`${String(clock.now() - startMs).padStart(8)} ${text()}`)
  const issuer = createIssuer(trouble.credentials.lifeMs)
  const oss = createStrictOss({
    now: clock.now,
    tokenEnd: issuer.tokenEnd,
    denied: trouble.denied,
    onStored: (version) => witness.stored(version),
  })
  const witness = createWitness({ oss, trouble, log, now: clock.now })
  return {
    clock,
    startMs,
    chance: {
      user: chance.fork(),
      network: chance.fork(),
      engine: chance.fork(),
      store: chance.fork(),
    },
    trouble,
    issuer,
    oss,
    witness,
    isHealed: false,
    log,
  }
}
