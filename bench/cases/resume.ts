import { setTimeout as sleep } from 'node:timers/promises'
import { writeFiles } from '../files.js'
import { jobOf, measureUpload, type Sample } from '../measure-upload.js'
import { shown, spread } from '../report/spread.js'
import { noiseOf, summarize, uploadRows } from '../report/upload-rows.js'
import { inRounds, limitMs, newPrefix } from '../rounds.js'
import { besidesTheFloor, ours, SMALLEST_PART, type Variant } from '../variants.js'
import type { Case, Surroundings } from './case.js'

const SETTINGS = { partSize: SMALLEST_PART, parallel: 5 }

const VARIANTS = besidesTheFloor(SETTINGS, [
  ours('', SETTINGS),
  ours('verify none', { ...SETTINGS, verify: 'none' }),
])

/** A tab is closed half-way; another one goes on. The bare loop sends as many parts as are missing then. */
export const resume: Case = async (surroundings) => {
  const { bench, server, folder, runs, size = 10_000 * SMALLEST_PART } = surroundings
  const half = Math.floor(size / SMALLEST_PART / 2)
  const missing = half * SMALLEST_PART
  const whole = { paths: await writeFiles(folder, 1, 2 * missing), bytes: 2 * missing }
  const rest = { paths: await writeFiles(folder, 1, missing), bytes: missing }

  const measured = await inRounds(runs, surroundings.pick(VARIANTS), async (variant) => {
    const prefix = newPrefix()
    const upload = { prefix, limitMs: limitMs(whole) }
    if (variant.client === 'bare') {
      return measureUpload(bench, server, variant, { ...rest, ...upload })
    }
    await leaveHalfWay(surroundings, variant, { ...upload, paths: whole.paths, half })
    // What was on the wire when the tab was closed has come in, too.
    return measureUpload(bench, server, variant, { ...whole, ...upload, bytes: missing / 2 })
  })

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
      ...noiseOf(summary),
      'The first byte is that of the first part, as the server receives it.',
    ],
    data: { summary, measured },
  }
}

async function leaveHalfWay(
  { bench, server }: Surroundings,
  { client, settings }: Variant,
  upload: { paths: readonly string[]; prefix: string; limitMs: number; half: number },
): Promise<void> {
  const tab = await bench.openTab()
  try {
    await tab.choose(upload.paths)
    await tab.evaluate(`bench.load(${JSON.stringify(client)})`, upload.limitMs)
    await server.reset()
    const job = jobOf(server.endpoint, upload.prefix, settings)
    await tab.evaluate(`void bench.run(${JSON.stringify(job)})`, upload.limitMs)
    const until = Date.now() + upload.limitMs
    while ((await server.read()).answeredAt.length < upload.half) {
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
