import { expect } from '@playwright/test'
import { sha256OfObject } from '../support/fixtures.js'
import { keyOf } from './arena.js'
import { test } from './fixtures.js'
import { begin, endingOf, makeUploader, rollLow } from './page.js'
import { rulesOf } from './seeds.js'

const FIRST = Number(process.env['FAULT_SEED'] ?? 1)
const COUNT = Number(process.env['FAULT_SEEDS'] ?? 20)
const AT_ONCE = 10

test.describe.configure({ mode: 'parallel', timeout: 60_000 })

for (let from = FIRST; from < FIRST + COUNT; from += AT_ONCE) {
  const seeds = Array.from({ length: Math.min(AT_ONCE, FIRST + COUNT - from) }, (_, i) => from + i)
  test(`uploads with four faults each, by the seeds ${from} to ${seeds.at(-1)}, arrive whole`, async ({
    page,
    arena,
    samples: { large },
  }) => {
    const stage = await arena.open()
    try {
      await page.addInitScript(rollLow)
      await page.goto(stage.url)
      await page.getByLabel('Files').setInputFiles(large.path)
      const outcomes = await Promise.all(
        seeds.map(async (seed) => {
          const name = `seed-${seed}`
          const rules = rulesOf(seed)
          const isGranted = !rules.some(({ on }) => on === 'credentials')
          await makeUploader(page, name, isGranted)
          stage.begin(name, rules)
          await begin(page, name)
          const ending = await endingOf(page, name)
          const object = await arena.oss.readObject(keyOf(name))
          const stored = object && (await sha256OfObject(arena.oss, keyOf(name)))
          return { seed, ending, stored }
        }),
      )
      const ending = { status: 'succeeded', verified: true }
      expect(outcomes).toEqual(seeds.map((seed) => ({ seed, ending, stored: large.sha256 })))
    } finally {
      await stage.close()
    }
  })
}
