import { parseArgs } from 'node:util'

export interface Options {
  /** Names of cases; all without it. */
  readonly cases: readonly string[]
  readonly runs: number
  /** After so long a case begins no further round. */
  readonly minutes: number
  /** Bytes of the upload; each case has its own without it. */
  readonly size: number | undefined
  /** Names of clients; all of the case without it. */
  readonly clients: readonly string[] | undefined
  readonly json: string | undefined
  /** Whether the tables go into docs/performance.md. */
  readonly docs: boolean
}

const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/** @throws RangeError or TypeError naming a wrong option. */
export function readCommandLine(args: readonly string[], known: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      case: { type: 'string', multiple: true },
      runs: { type: 'string', default: '5' },
      minutes: { type: 'string', default: '30' },
      size: { type: 'string' },
      clients: { type: 'string' },
      json: { type: 'string' },
      docs: { type: 'boolean', default: false },
    },
  })
  const cases = values.case ?? known
  const stranger = cases.find((name) => !known.includes(name))
  if (stranger !== undefined) {
    throw new RangeError(`There is no case "${stranger}", only ${known.join(', ')}.`)
  }
  const runs = Number(values.runs)
  if (!Number.isInteger(runs) || runs < 1) throw new RangeError('--runs must be 1 or more.')
  const minutes = Number(values.minutes)
  if (!(minutes > 0)) throw new RangeError('--minutes must be more than 0.')
  return {
    cases,
    runs,
    minutes,
    size: values.size === undefined ? undefined : bytesOf(values.size),
    clients: values.clients?.split(','),
    json: values.json,
    docs: values.docs,
  }
}

/** Of `64MiB`, `1GiB` or a plain number. */
function bytesOf(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)(|KiB|MiB|GiB)$/.exec(text) ?? []
  const bytes = Number(number) * (UNITS[unit] ?? Number.NaN)
  if (!(bytes > 0)) throw new RangeError('--size must be bytes, or a number of KiB, MiB or GiB.')
  return bytes
}
