import { writeFiles } from '../files.js'
import { jobOf } from '../measure-upload.js'
import type { Pause } from '../page/clients/library.js'
import { shown, spread } from '../report/spread.js'
import { inRounds, limitMs, newPrefix } from '../rounds.js'
import type { Traffic } from '../server/traffic.js'
import { GIB, ours } from '../variants.js'
import type { Case } from './case.js'

/** Longer than any reaction. */
const PAUSE_MS = 1_000

/** How long bytes go on coming in after `pause()`, and how soon after `resume()` they come again. */
export const pause: Case = async (surroundings) => {
  const { bench, server, folder, size = GIB } = surroundings
  const files = { paths: await writeFiles(folder, 1, size), bytes: size }
  const variants = [ours(), ours({ verify: 'none' }, 'ours (none)')]
  const measured = await inRounds(
    surroundings,
    surroundings.pick(variants),
    async ({ settings }) => {
      const tab = await bench.openTab()
      try {
        await tab.choose(files.paths)
        await server.reset()
        const job = JSON.stringify(jobOf(server.endpoint, newPrefix(), settings))
        const call = `bench.pause(${job}, ${PAUSE_MS})`
        return reactions(await tab.evaluate<Pause>(call, limitMs(files)), await server.read())
      } finally {
        await tab.close()
      }
    },
  )
  const rows = measured.map(({ variant, samples }) => ({
    client: variant,
    'pause to silence ms': shown(spread(samples.map(({ silenceMs }) => silenceMs)), 0),
    'resume to first byte ms': shown(spread(samples.map(({ firstByteMs }) => firstByteMs)), 0),
    n: `${samples.length}`,
  }))
  return {
    title: `Pause and resume in the middle of ${size} bytes`,
    rows,
    notes: ['As the server receives the bytes; there is no way to go on this line.'],
    data: { measured },
  }
}

function reactions({ pausedAt, resumedAt }: Pause, { busy }: Traffic) {
  const lastByteAt = busy.findLast(([from]) => from < resumedAt)?.[1] ?? Number.NaN
  const firstByteAt = busy.find(([from]) => from >= resumedAt)?.[0] ?? Number.NaN
  return { silenceMs: Math.max(0, lastByteAt - pausedAt), firstByteMs: firstByteAt - resumedAt }
}
