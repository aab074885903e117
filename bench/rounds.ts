import type { Bench } from './driver/open-bench.js'
import { type Files, measureUpload, type Sample } from './measure-upload.js'
import type { DrainServer } from './server/start.js'
import { GIB, type Variant } from './variants.js'

/** The samples of a client; those at the same index are of the same round. */
export interface Measured<S = Sample> {
  readonly variant: string
  readonly samples: readonly S[]
}

export interface Turns {
  readonly bench: Bench
  readonly server: DrainServer
  readonly runs: number
  /** Milliseconds since the epoch, after which no round begins; one is measured all the same. */
  readonly until: number
}

let lastPrefix = 0

/** Begins a key that was not used before, or else preflights would be remembered. */
export function newPrefix(): string {
  return `${++lastPrefix}/`
}

/** The slowest client on a busy machine is done by then. @param parts - Where they are many. */
export function limitMs({ paths, bytes }: Files, parts = 0): number {
  return 60_000 + (bytes / GIB) * 180_000 + (paths.length + parts) * 100
}

/**
 * Measures turn by turn, so that a busy moment falls on all alike, and each round begins with another client. The first round
 * only warms up.
 */
export async function inRounds<S>(
  { runs, until }: Turns,
  variants: readonly Variant[],
  measure: (variant: Variant, isWarmUp: boolean) => Promise<S>,
): Promise<Measured<S>[]> {
  const samples = new Map<Variant, S[]>(variants.map((variant) => [variant, []]))
  for (let round = 0; round <= runs; round++) {
    if (round > 1 && Date.now() > until) break
    const first = round % variants.length
    for (const variant of [...variants.slice(first), ...variants.slice(0, first)]) {
      const sample = await measure(variant, round === 0)
      if (round > 0) samples.get(variant)?.push(sample)
    }
    process.stderr.write('.')
  }
  process.stderr.write('\n')
  return variants.map((variant) => ({ variant: variant.name, samples: samples.get(variant) ?? [] }))
}

export function measureRounds(
  turns: Turns,
  variants: readonly Variant[],
  files: Files,
  warmUp: Files = files,
  parts = 0,
): Promise<Measured[]> {
  const { bench, server } = turns
  return inRounds(turns, variants, (variant, isWarmUp) => {
    const chosen = isWarmUp ? warmUp : files
    const upload = { ...chosen, prefix: newPrefix(), limitMs: limitMs(chosen, parts) }
    return measureUpload(bench, server, variant, upload)
  })
}
