import {
  bytesPerMs,
  findLink,
  LINK_PROFILES,
  type LinkName,
  type LinkProfile,
} from '../../src/simulation/link/profiles.js'
import { createVirtualUpload } from '../../src/simulation/link/virtual-upload.js'
import { ONE_FILE, ours, type Variant } from '../variants.js'

const MIB = 1024 * 1024

/** Of the file: a run at the best setting takes 5 to 20 s. */
const SIZES_MIB: Readonly<Record<LinkName, number>> = {
  'capped-50': 64,
  'capped-200': 64,
  'clean-50': 64,
  'clean-200': 64,
  'lossy-50': 32,
  'lossy-200': 16,
  poor: 8,
  gigabit: 1024,
  changing: 64,
}
const PART_SIZES_MIB = [1, 4, 8, 16]
const PARALLELS = [1, 2, 3, 4, 6]
/** The tables of a run leave out fixed settings of which the model says they reach less of the best one. */
const WORTH_RUNNING = 0.9
/** What others do unless told otherwise, for the forecast. */
const DEFAULTS: Partial<Record<Variant['client'], { partMib: number; parallel: number }>> = {
  'ali-oss': { partMib: 1, parallel: 5 },
  uppy: { partMib: 5, parallel: 1 },
  cos: { partMib: 1, parallel: 3 },
}

/** What is measured on one line. */
export interface LinkCase {
  readonly profile: LinkProfile
  readonly size: number
  readonly variants: readonly LinkVariant[]
  /** Fixed settings left out because the model says they are far from the best. */
  readonly leftOut: number
}

export interface LinkVariant extends Variant {
  readonly kind: 'ours' | 'fixed' | 'others'
  /** What the model says it takes. */
  readonly expectedMs: number
}

export interface CaseOptions {
  readonly sizeMib?: number | undefined
  /** `near`: settings that may be the best; `all`; `none`. */
  readonly grid: 'near' | 'all' | 'none'
  /** Whether the other libraries run as well. */
  readonly others: boolean
}

/** The same as ours once more: what the two differ by is the noise. */
export const OURS_AGAIN = ours({}, 'ours again')
/** An earlier upload has told what the line is good for; the others are on it for the first time. */
export const OURS_KNOWN = ours({}, 'ours (known line)')
const OURS_MD5 = ours({ verify: 'crc64+md5' }, 'ours (crc64+md5)')

export function linkNames(): LinkName[] {
  return LINK_PROFILES.map(({ name }) => name)
}

export function planCase(name: LinkName, { sizeMib, grid, others }: CaseOptions): LinkCase {
  const profile = findLink(name)
  const size = (sizeMib ?? SIZES_MIB[name]) * MIB
  const own = [ours(), OURS_AGAIN, OURS_KNOWN, ...(name === 'gigabit' ? [OURS_MD5] : [])]
  const withTime = (kind: LinkVariant['kind']) => (variant: Variant) => ({
    ...variant,
    kind,
    expectedMs: expectMs(profile, size, variant),
  })
  const fixed = grid === 'none' ? [] : fixedSettings(size).map(withTime('fixed'))
  const bestMs = Math.min(...fixed.map(({ expectedMs }) => expectedMs))
  const chosen = fixed.filter(
    ({ expectedMs }) => grid === 'all' || bestMs / expectedMs >= WORTH_RUNNING,
  )
  const libraries = ONE_FILE.filter(({ client }) => client !== 'bare' && client !== 'library')
  return {
    profile,
    size,
    variants: [
      ...own.map(withTime('ours')),
      ...chosen,
      ...(others ? libraries.map(withTime('others')) : []),
    ],
    leftOut: fixed.length - chosen.length,
  }
}

/** The bare loop with parts that divide the file among its connections, and the whole file by one. */
function fixedSettings(size: number): Variant[] {
  const whole = {
    name: 'whole',
    client: 'bare',
    settings: { partSize: size, parallel: 1 },
  } as const
  const parts = PART_SIZES_MIB.filter((partMib) => 2 * partMib * MIB <= size)
  return [
    ...parts.flatMap((partMib) =>
      PARALLELS.filter((parallel) => partMib * parallel * MIB <= size).map(
        (parallel): Variant => ({
          name: `${partMib} MiB x ${parallel}`,
          client: 'bare',
          settings: { partSize: partMib * MIB, parallel },
        }),
      ),
    ),
    whole,
  ]
}

function expectMs(profile: LinkProfile, size: number, { client, settings }: Variant): number {
  const { partMib, parallel } = DEFAULTS[client] ?? { partMib: 8, parallel: 5 }
  const upload = createVirtualUpload({
    profile,
    seed: 1,
    size,
    partSize: Math.min(size, settings.partSize ?? partMib * MIB),
    parallel: settings.parallel ?? parallel,
  })
  upload.advance(Number.POSITIVE_INFINITY)
  return upload.nowMs
}

/** What the system shall buffer for a connection: what a process that gets its turn late would miss, and not too little. */
export function bufferBytesFor({ totalMbit, connectionMbit = totalMbit }: LinkProfile): number {
  return Math.max(128 * 1024, bytesPerMs(connectionMbit) * 20)
}
