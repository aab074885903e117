import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { programOf } from './command-runner.mjs'

/** `npm run fuzz -- --runs 10000 --seed 7` tries every property of `*.fuzz.test.ts` that often; a seed repeats a run exactly. */
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string' } },
})
const runs = Number(values.runs)
const seed = values.seed ?? String(Date.now() % 2 ** 31)
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(Number(seed))) {
  console.error('usage: npm run fuzz -- [--runs N] [--seed S]')
  process.exit(2)
}
const [program = '', ...args] = programOf(process.cwd(), 'vitest', 'vitest')
const line = ['run', '--project', 'unit', '--testTimeout', '0', '--reporter', 'verbose', '.fuzz.']
const { status } = spawnSync(program, [...args, ...line], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ_RUNS: String(runs), FUZZ_SEED: seed },
})
console.log(`fuzz: ${runs} runs of each property, seed ${seed}: ${status === 0 ? 'ok' : 'FAILED'}`)
process.exitCode = status ?? 1
