import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type RunReport, simulate } from '../src/simulation/simulation.js'
import { createTally } from './simulate/tally.js'

/**
 * Runs the simulation for many seeds on every core:
 * `npm run simulate -- --runs 10000 --seed 1`, and `npm run simulate -- --seed 4711 --runs 1 --log` to see one run.
 * Ctrl-C ends it with what has been seen by then.
 */
const WORKERS = 2
/** Seeds a worker gets at a time. */
const BATCH = 50
const PROGRESS_MS = 10_000
/** Failing seeds of which the log is printed; after so many more the run is given up. */
const SHOWN = 3
const ENOUGH = 50

/** A process of its own, because tsx does not reach into worker threads on Node 20. */
const RUNNER = fileURLToPath(new URL('./simulate/run-seeds.ts', import.meta.url))

process.exitCode = await main()

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      log: { type: 'boolean', default: false },
    },
  })
  const [first, runs] = [Number(values.seed), Number(values.runs)]
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(runs) || runs < 1) {
    console.error('--seed and --runs want whole numbers.')
    return 2
  }
  if (values.log) return showRuns(first, runs)
  return runMany(first, runs)
}

async function showRuns(first: number, runs: number): Promise<number> {
  let failed = 0
  for (let seed = first; seed < first + runs; seed++) {
    const report = await simulate(seed, true)
    print(report)
    if (report.problems.length > 0) failed++
  }
  return failed > 0 ? 1 : 0
}

function print({ seed, log, problems, endings }: RunReport): void {
  console.log(`seed ${seed}`)
  for (const line of log) console.log(line)
  console.log(`endings: ${JSON.stringify(endings)}`)
  console.log(problems.length === 0 ? 'no problem' : problems.map((text) => `! ${text}`).join('\n'))
}

async function runMany(first: number, runs: number): Promise<number> {
  const tally = createTally(first, runs)
  const timer = setInterval(() => console.log(tally.progress()), PROGRESS_MS)
  const end = first + runs
  let next = first
  let isStopped = false
  process.once('SIGINT', () => {
    isStopped = true
  })
  /** @returns the seeds to run next, from and up to; nothing when enough has been seen. */
  function take(): readonly [number, number] | undefined {
    if (isStopped || next >= end || tally.failed().length >= ENOUGH) return undefined
    const from = next
    next = Math.min(end, from + BATCH)
    return [from, next]
  }
  await Promise.all(Array.from({ length: WORKERS }, () => work(take, tally.add)))
  clearInterval(timer)
  console.log(tally.summary())
  for (const seed of tally.failed().slice(0, SHOWN)) print(await simulate(seed, true))
  return tally.failed().length > 0 ? 1 : 0
}

function work(
  take: () => readonly [number, number] | undefined,
  add: (report: RunReport) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const runner = fork(RUNNER, { execArgv: ['--import', 'tsx'] })
    function goOn(): void {
      const batch = take()
      if (batch) runner.send(batch)
      else runner.disconnect()
    }
    runner.on('message', (reports: RunReport[]) => {
      reports.forEach(add)
      goOn()
    })
    runner.on('error', reject)
    runner.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`A runner ended with ${code}.`))
    })
    goOn()
  })
}
