import { parseArgs } from 'node:util'
import { readInstant } from '../support/kill-instant.js'
import { type KillTrial, PARALLEL, runKillTrial } from '../support/kill-trial.js'

/**
 * `npm run soak:kill -- --trials 200 --seed 1` kills the browser at random instants, and says what became of the uploads.
 * `--at 'UploadPart 1 asked'` (or `receiving`, `kept`) kills it always then.
 */
const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    at: { type: 'string' },
  },
})
const trials = Number(values.trials)
const firstSeed = Number(values.seed)
const instant = values.at === undefined ? undefined : readInstant(values.at)
const isAtWrong = values.at !== undefined && instant === undefined
if (isAtWrong || !Number.isInteger(trials) || trials < 1 || !Number.isInteger(firstSeed)) {
  console.error('usage: npm run soak:kill -- [--trials N] [--seed S] [--at INSTANT]')
  process.exit(2)
}

const done: KillTrial[] = []
const broken: string[] = []
for (let seed = firstSeed; seed < firstSeed + trials; seed++) {
  const startedMs = performance.now()
  try {
    const trial = await runKillTrial(seed, instant)
    done.push(trial)
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
    console.log(`${verdictOf(trial)} ${lineOf(trial)}, ${seconds} s`)
  } catch (error) {
    broken.push(`seed ${seed}`)
    console.log(`FAIL seed ${seed}: ${error instanceof Error ? error.stack : error}`)
  }
}

const failed = done.filter((trial) => verdictOf(trial) === 'FAIL').length + broken.length
const count = (is: (trial: KillTrial) => boolean) => done.filter(is).length
console.log(
  `${trials} trials, seeds ${firstSeed} to ${firstSeed + trials - 1}: ${trials - failed} ok, ${failed} failed; ` +
    `${count(({ isWhole }) => isWhole)} whole objects, ` +
    `${count(({ sentInVain }) => sentInVain > 0)} sent a part in vain, ` +
    `${count(({ sentTwice }) => sentTwice > PARALLEL)} sent more than parallel x partSize again ` +
    `(${count(isUnheardRestart)} of them complete on OSS, unheard), ` +
    `${count(({ orphans }) => orphans > 0)} left an upload without a record`,
)
process.exitCode = failed > 0 ? 1 : 0

function verdictOf({ isWhole, sentInVain, sentTwice }: KillTrial): 'ok  ' | 'FAIL' {
  return isWhole && sentInVain === 0 && sentTwice <= PARALLEL ? 'ok  ' : 'FAIL'
}

function isUnheardRestart({ wasCompleteUnheard, sentTwice }: KillTrial): boolean {
  return wasCompleteUnheard && sentTwice > PARALLEL
}

function lineOf(trial: KillTrial): string {
  const { seed, instant, found, sentInVain, bytesSentTwice, orphans, isWhole } = trial
  return (
    `seed ${seed}: killed at ${instant}; found ${found}; ${isWhole ? 'whole' : 'NOT WHOLE'}, ` +
    `${sentInVain} parts in vain, at most ${bytesSentTwice} bytes re-sent` +
    `${trial.wasCompleteUnheard ? ', was complete unheard' : ''}${orphans > 0 ? `, ${orphans} orphan` : ''}`
  )
}
