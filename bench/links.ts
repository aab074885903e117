import { writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { openBench } from './driver/open-bench.js'
import { writeFiles } from './files.js'
import {
  bufferBytesFor,
  type CaseOptions,
  type LinkCase,
  linkNames,
  planCase,
} from './links/cases.js'
import { limitMsOf, measureCase, type World } from './links/measure-case.js'
import { limitBuffers, rerunInOwnNetwork } from './links/own-network.js'
import { startProxy } from './links/start-proxy.js'
import { type CaseSummary, caseRows, overviewRow, summarizeCase } from './links/summary.js'
import { table } from './report/table.js'
import { startDrainServer } from './server/start.js'

const USAGE = `Goodput over modelled lines, turn by turn: ours against every fixed setting of a bare loop, and against others.
npm run bench:links -- [--profile NAME,...] [--runs N] [--size MiB] [--grid near|all|none] [--clients all|ours] [--minutes N]
  [--json FILE] [--plan]
Profiles: ${linkNames().join(', ')}`

/** Opening a tab, loading the client, putting up the line. */
const AROUND_A_RUN_MS = 1500

const { values } = parseArgs({
  options: {
    profile: { type: 'string', default: linkNames().join(',') },
    runs: { type: 'string', default: '5' },
    size: { type: 'string' },
    grid: { type: 'string', default: 'near' },
    clients: { type: 'string', default: 'all' },
    minutes: { type: 'string', default: 'Infinity' },
    json: { type: 'string' },
    plan: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const { runs, names, options } = readOptions()
const endMs = performance.now() + Number(values.minutes) * 60_000
if (values.help) console.log(USAGE)
else process.exitCode = (await rerunInOwnNetwork()) ?? (await main())

function readOptions() {
  const runs = Number(values.runs)
  const names = values.profile.split(',').map((name) => {
    const known = linkNames().find((link) => link === name)
    if (!known) throw new RangeError(`There is no link "${name}".\n${USAGE}`)
    return known
  })
  const sizeMib = values.size === undefined ? undefined : Number(values.size)
  const { grid } = values
  if (!(Number(values.minutes) > 0)) throw new RangeError(USAGE)
  if (!Number.isInteger(runs) || runs < 1 || !(sizeMib === undefined || sizeMib >= 1)) {
    throw new RangeError(USAGE)
  }
  if (grid !== 'near' && grid !== 'all' && grid !== 'none') throw new RangeError(USAGE)
  const options: CaseOptions = { sizeMib, grid, others: values.clients === 'all' }
  return { runs, names, options }
}

async function main(): Promise<number> {
  const cases = names.map((name) => planCase(name, options))
  printPlan(cases)
  if (values.plan) return 0
  const bench = await openBench()
  const server = await startDrainServer()
  const proxy = startProxy()
  try {
    const found = await measureAll({ bench, server, proxy }, cases)
    console.log(
      `\nOurs against the best fixed setting and the best library of each link, median [min-max]; A/A: ours against ours again.`,
    )
    console.log(table(found.map(({ link, summary }) => overviewRow(link, summary))))
    if (values.json) {
      const report = { chromium: bench.chromium.version, cores: cpus().length, runs, found }
      await writeFile(values.json, `${JSON.stringify(report, undefined, 2)}\n`)
    }
    return 0
  } finally {
    await proxy.close()
    await server.close()
    await bench.close()
  }
}

/** The time is up: what has been measured is told. */
function isOver(): boolean {
  return performance.now() > endMs
}

interface Found {
  readonly link: string
  readonly size: number
  readonly summary: CaseSummary
}

async function measureAll(world: World, cases: readonly LinkCase[]): Promise<Found[]> {
  const found: Found[] = []
  for (const each of cases) {
    if (isOver()) break
    const { profile, size } = each
    const buffers = bufferBytesFor(profile)
    if (!limitBuffers(buffers))
      console.log('The system buffers as much as it likes: progress runs ahead.')
    const paths = await writeFiles(world.bench.folder, 1, size)
    const measured = await measureCase(world, each, paths, runs, isOver)
    const summary = summarizeCase(measured)
    found.push({ link: profile.name, size, summary })
    console.log(`\n${linkLine(each)}; load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`)
    console.log(table(caseRows(summary)))
    for (const { variant, failures } of measured) {
      for (const failure of failures) console.log(`! ${variant.name}: ${failure}`)
    }
  }
  return found
}

function linkLine({ profile, size, variants, leftOut }: LinkCase): string {
  const { name, rttMs, totalMbit, connectionMbit, loss, change } = profile
  const facts = [
    `${rttMs} ms`,
    `${totalMbit} Mbit/s`,
    ...(connectionMbit ? [`${connectionMbit} Mbit/s a connection`] : []),
    ...(loss ? [`${loss * 100}% loss`] : []),
    ...(change ? [`${change.totalMbit} Mbit/s after ${change.afterMs / 1000} s`] : []),
  ]
  const without = leftOut
    ? `, ${leftOut} fixed settings left out that the model puts far behind`
    : ''
  return `${name} (${facts.join(', ')}), ${size / 2 ** 20} MiB, ${variants.length} variants${without}`
}

function printPlan(cases: readonly LinkCase[]): void {
  let [expectedMs, limitMs] = [0, 0]
  for (const each of cases) {
    console.log(linkLine(each))
    for (const variant of each.variants) {
      expectedMs += runs * (variant.expectedMs + AROUND_A_RUN_MS)
      limitMs += runs * (limitMsOf(variant) + AROUND_A_RUN_MS)
    }
  }
  const minutes = (ms: number) => `${(ms / 60_000).toFixed(0)} min`
  console.log(
    `${runs} rounds: about ${minutes(expectedMs)} by the model, ${minutes(limitMs)} at most.`,
  )
}
