import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { createCommandRunner, plainEnvironment } from './command-runner.mjs'
import { addUp, countStep, summaryLine } from './count-results.mjs'
import { ensureDependencies } from './dependencies.mjs'
import { exitOnStopSignal } from './stop-signals.mjs'
import { STEP_LIMIT_MS, testSteps } from './test-steps.mjs'

/** @typedef {import('./count-results.mjs').Count} Count */
/** @typedef {import('./test-steps.mjs').TestStep} TestStep */

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function runTests(args) {
  const commands = createCommandRunner({ cwd: root, env: plainEnvironment() })
  exitOnStopSignal({ stop: commands.stop, exitCode: 130 })

  /** @type {Count[]} */
  const counts = []
  if (await ensureDependencies(root, commands)) {
    const steps = chosenSteps(args)
    if (steps === undefined) return 2
    const failed = new Set()
    for (const step of steps) {
      const missing = step.needs?.find((name) => failed.has(name))
      const count = missing ? notRun(step, missing) : await runStep(step, commands)
      if (count.failed > 0) failed.add(step.name)
      counts.push(count)
    }
  } else {
    console.log('FAIL install')
    counts.push(countStep({ exitCode: 1 }))
  }

  const total = addUp(counts)
  for (const { title, reason } of total.skipped) console.log(`skipped: ${title} (${reason})`)
  console.log(summaryLine(total))
  return total.failed > 0 ? 1 : 0
}

/**
 * @param {string[]} args
 * @returns {TestStep[] | undefined} undefined when the arguments make no sense
 */
function chosenSteps(args) {
  const steps = testSteps(root)
  const names = steps.map(({ name }) => name)
  try {
    const { values } = parseArgs({ args, options: { only: { type: 'string', multiple: true } } })
    const only = values.only?.flatMap((list) => list.split(','))
    const unknown = only?.find((name) => !names.includes(name))
    if (unknown === undefined) return steps.filter(({ name }) => only?.includes(name) ?? true)
    console.error(`There is no step '${unknown}'.`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
  }
  console.error(`Usage: npm test [-- --only STEP[,STEP]]; steps: ${names.join(', ')}`)
  return undefined
}

/**
 * @param {TestStep} step
 * @param {ReturnType<typeof createCommandRunner>} commands
 * @returns {Promise<Count>}
 */
async function runStep({ name, argv, report }, commands) {
  if (process.stdout.isTTY) process.stdout.write(`...  ${name}\r`)
  if (report) rmSync(join(root, report.file), { force: true })
  const begin = performance.now()
  const { exitCode, output } = await commands.run(argv, { limitMs: STEP_LIMIT_MS })
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)

  const count = countStep(report ? { exitCode, tests: readTests(report) } : { exitCode })
  const tests = report ? `${summaryLine(count)}, ` : ''
  if (count.failed > 0) {
    console.log(`FAIL ${name} (${tests}${seconds} s)`)
    console.log(stripVTControlCharacters(output).trimEnd())
    if (exitCode !== 0) console.log(`(${name} ended with exit code ${exitCode})`)
  } else {
    console.log(`ok   ${name} (${tests}${seconds} s)`)
  }
  return count
}

/**
 * @param {NonNullable<TestStep['report']>} report
 * @returns {Count | 'no report'}
 */
function readTests({ file, count }) {
  try {
    return count(readFileSync(join(root, file), 'utf8'))
  } catch {
    return 'no report'
  }
}

/**
 * @param {TestStep} step
 * @param {string} missing
 */
function notRun({ name }, missing) {
  console.log(`FAIL ${name} (not run: ${missing} failed)`)
  return countStep({ exitCode: 1 })
}
