import { expect, test } from './support/fixtures.js'
import { type KillTrial, PARALLEL, runKillTrial } from './support/kill-trial.js'

/** Of five kinds: by time, at Initiate, at a part's arrival, once it is kept, after success. `npm run soak:kill` runs any. */
const SEEDS = [105, 4, 1, 5, 6]

for (const seed of SEEDS) {
  test(`a browser killed at a random instant loses no part that OSS has (seed ${seed})`, async () => {
    const trial = await runKillTrial(seed)
    expectWhole(trial)
    expect(trial.sentTwice).toBeLessThanOrEqual(PARALLEL)
  })
}

test('a browser killed when OSS had completed the upload, unheard, does not send the file again', async () => {
  const event = { moment: 'kept', operation: 'CompleteMultipartUpload', partNumber: 0 } as const
  const trial = await runKillTrial(0, { after: 'event', event })
  expectWhole(trial)
  expect(trial.sentTwice).toBeLessThanOrEqual(PARALLEL)
})

function expectWhole(trial: KillTrial): void {
  test.info().annotations.push({ type: 'trial', description: JSON.stringify(trial) })
  expect(trial.isWhole).toBe(true)
  expect(trial.sentInVain).toBe(0)
}
