import { describe, expect, it } from 'vitest'
import { FAULT_NAMES } from './faults.js'
import { simulate } from './simulation.js'

const SEEDS_EACH = 500
const LONGEST_MS = 60_000

describe('whole uploads in a world made of one number', () => {
  it.each([1, 501, 1001, 1501])(
    'end as they should, from seed %i on',
    async (first) => {
      const failed: Record<number, readonly string[]> = {}
      for (let seed = first; seed < first + SEEDS_EACH; seed++) {
        const { problems } = await simulate(seed)
        if (problems.length > 0) failed[seed] = problems
      }
      // npm run simulate -- --seed <that one> --runs 1 --log
      expect(failed).toEqual({})
    },
    LONGEST_MS,
  )

  it('happen again in every detail from the same number', async () => {
    const first = await simulate(12, true)
    await simulate(512, true)
    expect(await simulate(12, true)).toEqual(first)
    expect(first.log.length).toBeGreaterThan(100)
  })

  it(
    'meet every fault there is',
    async () => {
      const met = new Set<string>()
      for (let seed = 1; seed <= 400; seed++) {
        for (const name of Object.keys((await simulate(seed)).met)) met.add(name)
      }
      expect(FAULT_NAMES.filter((name) => !met.has(name))).toEqual([])
    },
    LONGEST_MS,
  )
})
