import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type CDPSession, chromium, type Page } from '@playwright/test'
import sirv from 'sirv'
import { build } from 'vite'
import { readLaunchOptions } from '../scripts/launch-options.js'
import type { Pace } from './checkpoint/page.js'
import { type Spread, spread } from './report/spread.js'

/**
 * What keeping a checkpoint costs the page: milliseconds the main thread is busy for each acknowledged part, by the journal and
 * the store an upload really uses. `npm run bench:checkpoint -- [--parts N] [--rounds N] [--json FILE]`.
 */
const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
})
const parts = Number(values.parts)
const rounds = Number(values.rounds)
const SPAN = 1000
if (!Number.isInteger(parts) || parts < 3 * SPAN || parts > 10_000) {
  throw new RangeError(`--parts must be ${3 * SPAN} to 10000.`)
}
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds must be 1 or more.')

const GOAL_MS = 0.3
const PACES: readonly Pace[] = ['batches', 'one by one', 'no journal']

/** Of one round: milliseconds of page time per part. */
interface Round {
  readonly all: number
  readonly first: number
  readonly last: number
  readonly writes: number
}

interface Summary {
  readonly pace: Pace
  readonly writes: number
  readonly msPerPart: Record<'all' | 'first' | 'last', Spread>
}

const folder = await mkdtemp(join(tmpdir(), 'oss-bench-'))
try {
  const report = await measure()
  print(report)
  if (values.json) await writeFile(values.json, `${JSON.stringify(report, undefined, 2)}\n`)
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function measure() {
  const outDir = join(folder, 'page')
  await build({
    root: join(import.meta.dirname, 'checkpoint'),
    configFile: false,
    logLevel: 'error',
    build: { outDir, target: 'es2022' },
  })
  const files = sirv(outDir)
  const server = createServer((request, response) => files(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A profile on disk, as users have: in a private window IndexedDB is in memory.
  const context = await chromium.launchPersistentContext(
    join(folder, 'profile'),
    readLaunchOptions(),
  )
  try {
    const url = `http://localhost:${(server.address() as AddressInfo).port}/`
    const found = new Map<Pace, Round[]>(PACES.map((pace) => [pace, []]))
    // Turn by turn, so that a busy moment of the machine falls on all of them alike.
    for (let round = 0; round < rounds; round++) {
      for (const pace of PACES) {
        const page = await context.newPage()
        await page.goto(url)
        found.get(pace)?.push(await measureRound(page, pace))
        await page.close()
      }
    }
    const summaries = PACES.map((pace) => summarize(pace, found.get(pace) ?? []))
    const chromiumVersion = context.browser()?.version()
    return { parts, rounds, chromium: chromiumVersion, cores: cpus().length, summaries }
  } finally {
    await context.close()
    server.close()
  }
}

async function measureRound(page: Page, pace: Pace): Promise<Round> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const id = `https://oss.test/bench/${pace}`
  await page.evaluate(([id, parts]) => window.upload.begin(id, parts), [id, parts] as const)

  const spans = [
    [1, SPAN],
    [SPAN + 1, parts - SPAN],
    [parts - SPAN + 1, parts],
  ] as const
  const busy: number[] = []
  for (const [from, to] of spans) {
    const before = await busyMs(session)
    await page.evaluate(([from, to, pace]) => window.upload.acknowledge(from, to, pace), [
      from,
      to,
      pace,
    ] as const)
    busy.push((await busyMs(session)) - before)
  }
  const { parts: kept, writes } = await page.evaluate((id) => window.upload.check(id), id)
  const expected = pace === 'no journal' ? 0 : parts
  if (kept !== expected) throw new Error(`The store has ${kept} parts instead of ${expected}.`)
  await page.evaluate(() => window.upload.end())
  const [first = 0, middle = 0, last = 0] = busy
  return {
    all: (first + middle + last) / parts,
    first: first / SPAN,
    last: last / SPAN,
    writes,
  }
}

/** How long the page's main thread has run tasks. */
async function busyMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value
  if (seconds === undefined) throw new Error('This Chromium tells no TaskDuration.')
  return seconds * 1000
}

function summarize(pace: Pace, found: readonly Round[]): Summary {
  return {
    pace,
    writes: found[0]?.writes ?? 0,
    msPerPart: {
      all: spread(found.map(({ all }) => all)),
      first: spread(found.map(({ first }) => first)),
      last: spread(found.map(({ last }) => last)),
    },
  }
}

function print(report: Awaited<ReturnType<typeof measure>>): void {
  const { chromium: version, cores, summaries } = report
  console.log(
    `Page time (main thread busy) per part in ms, ${parts} parts, median of ${rounds} [min-max], Chromium ${version}, ${cores} cores:`,
  )
  const shown = ({ median, min, max }: Spread) =>
    `${median.toFixed(3)} [${min.toFixed(3)}-${max.toFixed(3)}]`
  console.table(
    Object.fromEntries(
      summaries.map(({ pace, writes, msPerPart: { all, first, last } }) => [
        pace,
        {
          writes,
          all: shown(all),
          [`first ${SPAN}`]: shown(first),
          [`last ${SPAN}`]: shown(last),
          'last / first': (last.median / first.median).toFixed(2),
          [`under ${GOAL_MS}`]: all.median < GOAL_MS && last.median < GOAL_MS ? 'yes' : 'no',
        },
      ]),
    ),
  )
}
