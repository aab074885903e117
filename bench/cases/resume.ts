import { setTimeout as sleep } from 'node:timers/promises'
import { writeFiles } from '../files.js'
import { type Files, jobOf, measureUpload, type Sample, type Upload } from '../measure-upload.js'
import { notesOf } from '../report/notes.js'
import { shown, spread } from '../report/spread.js'
import { summarize, uploadRows } from '../report/upload-rows.js'
import { inRounds, limitMs, newPrefix } from '../rounds.js'
import { besidesTheFloor, ours, SMALLEST_PART, type Variant } from '../variants.js'
import type { Case, Surroundings } from './case.js'

const SETTINGS = { partSize: SMALLEST_PART, parallel: 5 }

const VARIANTS = besidesTheFloor(SETTINGS, [
  ours(SETTINGS),
  ours({ ...SETTINGS, verify: 'none' }, 'ours (none)'),
])

/** A tab is closed half-way; another one goes on. The bare loop sends as many parts as are missing then. */
export const resume: Case = async (surroundings) => {
  const { size = 10_000 * SMALLEST_PART } = surroundings
  const half = Math.floor(size / SMALLEST_PART / 2)
  const [all, few] = [await uploadOf(surroundings, half), await uploadOf(surroundings, 50)]
  const measured = await inRounds(surroundings, surroundings.pick(VARIANTS), (variant, isWarmUp) =>
    measureRest(surroundings, variant, isWarmUp ? few : all),
  )
  const unit = { name: 'part', count: half } as const
  const summary = summarize(measured, unit)
  const rows = uploadRows(summary, unit).map((row, index) => ({
    ...row,
    'first byte ms': shown(spread((measured[index]?.samples ?? []).map(firstByteMs)), 0),
  }))
  return {
    title: `Resume of ${2 * half} parts of ${SMALLEST_PART} bytes, half of them stored`,
    rows,
    notes: [
      ...notesOf(measured, summary, unit),
      'The first byte is that of the first part, as the server receives it.',
    ],
    data: { summary, measured },
  }
}

interface HalfUpload {
  readonly half: number
  readonly whole: Files
  /** As large as half of the other. */
  readonly rest: Files
}

async function uploadOf({ folder }: Surroundings, half: number): Promise<HalfUpload> {
  const bytes = half * SMALLEST_PART
  return {
    half,
    whole: { paths: await writeFiles(folder, 1, 2 * bytes), bytes: 2 * bytes },
    rest: { paths: await writeFiles(folder, 1, bytes), bytes },
  }
}

async function measureRest(
  surroundings: Surroundings,
  variant: Variant,
  { half, whole, rest }: HalfUpload,
): Promise<Sample> {
  const { bench, server } = surroundings
  const upload = { prefix: newPrefix(), limitMs: limitMs(whole, 2 * half) }
  if (variant.client === 'bare') {
    return measureUpload(bench, server, variant, { ...rest, ...upload })
  }
  await leaveHalfWay(surroundings, variant, { ...upload, paths: whole.paths }, half)
  // Not half of it: what was on the wire when the tab was closed came in, too.
  return measureUpload(bench, server, variant, { ...upload, ...whole, bytes: rest.bytes / 2 })
}

async function leaveHalfWay(
  { bench, server }: Surroundings,
  { client, settings }: Variant,
  upload: Omit<Upload, 'bytes'>,
  half: number,
): Promise<void> {
  const tab = await bench.openTab()
  try {
    await tab.choose(upload.paths)
    await tab.evaluate(`bench.load(${JSON.stringify(client)})`, upload.limitMs)
    await server.reset()
    const job = jobOf(server.endpoint, upload.prefix, settings)
    await tab.evaluate(`void bench.run(${JSON.stringify(job)})`, upload.limitMs)
    const until = Date.now() + upload.limitMs
    while ((await server.read()).answeredAt.length < half) {
      if (Date.now() > until) throw new Error('Half of the parts did not come in.')
      await sleep(50)
    }
  } finally {
    await tab.close()
  }
}

function firstByteMs({ beganAt, traffic: { busy } }: Sample): number {
  return (busy[0]?.[0] ?? Number.NaN) - beganAt
}
