import type { Bench } from '../driver/open-bench.js'
import { measureUpload } from '../measure-upload.js'
import type { DrainServer } from '../server/start.js'
import { type LinkCase, type LinkVariant, OURS_KNOWN } from './cases.js'
import type { ProxyProcess } from './start-proxy.js'

/** Goodput of each round, in Mbit/s; the rounds of all variants of a case are the same. */
export interface MeasuredVariant {
  readonly variant: LinkVariant
  readonly mbit: readonly number[]
  readonly failures: readonly string[]
}

export interface World {
  readonly bench: Bench
  readonly server: DrainServer
  readonly proxy: ProxyProcess
}

/** A run may take so many times what the model says, and a while for a slow machine. */
export function limitMsOf({ expectedMs }: LinkVariant): number {
  return 3 * expectedMs + 20_000
}

/**
 * Turn by turn, each round with the same chance for all and begun by another one.
 *
 * @param isOver asked before each run; what has been measured by then is the result
 */
export async function measureCase(
  { bench, server, proxy }: World,
  { profile, size, variants }: LinkCase,
  paths: readonly string[],
  rounds: number,
  isOver: () => boolean,
): Promise<MeasuredVariant[]> {
  const measured = variants.map((variant) => ({
    variant,
    mbit: [] as number[],
    failures: [] as string[],
  }))
  const targetPort = Number(new URL(server.endpoint).port)
  /** Of the line that is known: it is known by its origin. */
  let knownPort: number | undefined

  async function upload(variant: LinkVariant, round: number, take: string, wanted?: number) {
    const port = await proxy.putUp({ profile, seed: round + 1, targetPort, port: wanted })
    const { wallMs } = await measureUpload(bench, server, variant, {
      paths,
      bytes: size,
      prefix: `${profile.name}/${variant.name.replaceAll(/\W+/g, '-')}/${take}/`,
      endpoint: `http://127.0.0.1:${port}`,
      limitMs: limitMsOf(variant),
    })
    return { port, mbit: (size * 8) / 1000 / wallMs }
  }

  async function measure(variant: LinkVariant, round: number): Promise<number> {
    if (variant.name === OURS_KNOWN.name) {
      knownPort ??= (await upload(variant, round, 'before')).port
      return (await upload(variant, round, `${round}`, knownPort)).mbit
    }
    return (await upload(variant, round, `${round}`)).mbit
  }

  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < measured.length; turn++) {
      const one = measured[(turn + round) % measured.length]
      if (!one || isOver()) continue
      try {
        one.mbit.push(await measure(one.variant, round))
      } catch (error) {
        one.mbit.push(Number.NaN)
        one.failures.push(String(error))
      }
    }
  }
  return measured
}
