import { expect, it } from 'vitest'
import { adapt, firstParallelism } from '../plan/parallelism.js'
import { partRange, planParts } from '../plan/part-plan.js'
import { LINK_PROFILES, type LinkProfile } from './link/profiles.js'
import { createVirtualUpload } from './link/virtual-upload.js'

const MIB = 1024 ** 2
const WINDOW_MS = 2_000
const SEEDS = [1, 2]

interface Upload {
  readonly size: number
  readonly profile: LinkProfile
  readonly seed: number
}

/** Milliseconds that parts of one size take, so many at a time. */
function fixed(on: Upload, partSize: number, parallel: number): number {
  const upload = createVirtualUpload({ ...on, partSize, parallel })
  while (!upload.isDone) upload.advance(100)
  return upload.nowMs
}

/** Milliseconds that our plan takes with what we make of the line. @param bytesPerSecond - Known of it from an earlier visit. */
function adaptive(on: Upload, bytesPerSecond?: number): number {
  const cuts = cutsOf(planParts(on.size, {}, { connections: 6, bytesPerSecond }))
  let parallelism = firstParallelism()
  const upload = createVirtualUpload({ ...on, cuts, parallel: parallelism.limit })
  while (!upload.isDone) {
    const before = upload.loaded
    let isBusy = true
    for (let ms = 0; ms < WINDOW_MS; ms += 100) {
      upload.advance(100)
      isBusy &&= upload.inFlight === parallelism.limit
    }
    const bytesPerSecond = ((upload.loaded - before) * 1_000) / WINDOW_MS
    parallelism = adapt(parallelism, { type: 'window', bytesPerSecond, isBusy })
    upload.setParallel(parallelism.limit)
  }
  return upload.nowMs
}

function cutsOf(plan: ReturnType<typeof planParts>): number[] {
  const starts = Array.from({ length: plan.count }, (_, i) => partRange(plan, i + 1).start)
  return [...starts, plan.size]
}

const total = (times: readonly number[]) => times.reduce((sum, ms) => sum + ms, 0)

/** Small files end before a line with a long round trip is full, and parts cost round trips. */
const SIZES = [
  { mib: 8, least: 0.95 },
  { mib: 16, least: 0.92 },
  { mib: 64, least: 0.95 },
]
/** On a first visit nobody knows of a line that loses much and hears of it late: smaller parts would suit it. */
const FIRST_VISIT: Readonly<Record<string, number>> = { '16 MiB, lossy-200': 0.85 }

const CASES = LINK_PROFILES.flatMap((profile: LinkProfile) =>
  SIZES.map(({ mib, least }) => {
    const title = `${mib} MiB, ${profile.name}`
    return { title, profile, size: mib * MIB, least, first: FIRST_VISIT[title] ?? least }
  }),
)

it.each(CASES)('$title: no fixed setting is far ahead of us', ({ size, profile, ...bounds }) => {
  const seeds = profile.loss ? SEEDS : SEEDS.slice(0, 1)
  const timeOf = (send: (upload: Upload) => number) =>
    total(seeds.map((seed) => send({ size, profile, seed })))
  const best = Math.min(
    ...[1, 4, 8].map((part) => timeOf((upload) => fixed(upload, part * MIB, 6))),
    timeOf((upload) => fixed(upload, 16 * MIB, 4)),
  )
  const first = timeOf((upload) => adaptive(upload))
  expect(best / first).toBeGreaterThan(bounds.first)
  const rate = (size * seeds.length * 1_000) / first
  expect(best / timeOf((upload) => adaptive(upload, rate))).toBeGreaterThan(bounds.least)
})
