import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { exitOnStopSignal } from '../scripts/stop-signals.mjs'
import { shareInUse } from './busy.js'
import type { Case, CaseReport, Surroundings } from './cases/case.js'
import { manyParts } from './cases/many-parts.js'
import { pause } from './cases/pause.js'
import { resume } from './cases/resume.js'
import { memory, oneFile, smallFiles } from './cases/uploads.js'
import { readCommandLine } from './command-line.js'
import { openBench } from './driver/open-bench.js'
import { table } from './report/table.js'
import { startDrainServer } from './server/start.js'
import { FLOOR, GIB, MIB } from './variants.js'
import { writeDocs } from './write-docs.js'

/**
 * Uploads with this library and with others, side by side, and prints what they cost:
 * `npm run bench -- [--case NAME]... [--runs N] [--minutes N] [--size 64MiB] [--clients ours,ali-oss] [--json FILE] [--docs]`.
 */
const CASES: Readonly<Record<string, Case>> = {
  '1gib': oneFile(GIB),
  '64mib': oneFile(64 * MIB),
  small: smallFiles,
  parts: manyParts,
  resume,
  pause,
  memory,
}

const args = process.argv.slice(2)
const options = readCommandLine(args, Object.keys(CASES))
const bench = await openBench()
const server = await startDrainServer()
const { version } = bench.chromium
const machine = { chromium: version, node: process.version, cores: cpus().length }
let stopped: Promise<unknown> | undefined
const stop = () => {
  stopped ??= Promise.all([server.close(), bench.close()])
  return stopped
}
exitOnStopSignal({ stop, exitCode: 1 })
try {
  const reports: object[] = []
  for (const name of options.cases) {
    const inUse = await shareInUse()
    const report = await measure(name)
    const text = textOf(report, inUse)
    console.log(`\n## ${report.title}\n\n${text}`)
    if (options.docs) await writeDocs(name, text)
    reports.push({ name, inUse, ...report })
    if (options.json) await writeFile(options.json, `${JSON.stringify({ machine, reports })}\n`)
  }
} finally {
  await stop()
}

async function measure(name: string): Promise<CaseReport> {
  const folder = await mkdtemp(join(bench.folder, 'case-'))
  const { runs, minutes, size, clients } = options
  const until = Date.now() + minutes * 60_000
  // A ratio needs its floor.
  const isWanted = (variant: string) =>
    !clients || variant.startsWith(FLOOR) || clients.includes(variant)
  const pick: Surroundings['pick'] = (variants) => variants.filter(({ name }) => isWanted(name))
  try {
    return await (CASES[name] as Case)({ bench, server, folder, runs, until, size, pick })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function textOf({ rows, notes }: CaseReport, inUse: number): string {
  // Where the results went is nobody else's business.
  const words = args.filter(
    (word, index) =>
      word !== '--docs' && !word.startsWith('--json') && args[index - 1] !== '--json',
  )
  const quoted = words.map((word) => (word.includes(' ') ? `"${word}"` : word))
  const command = ['npm run bench --', ...quoted].join(' ')
  const others = `${Math.round(100 * inUse)}% of the machine in use by others when it began`
  const facts = `\`${command}\`: median [min-max], Chromium ${version}, ${machine.cores} cores, ${others}.`
  return [facts, table(rows), ...notes].join('\n\n')
}
