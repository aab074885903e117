import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MIN_PART_BYTES } from '../plan/part-limits.js'
import { cutFile, partRange, planParts } from '../plan/part-plan.js'
import { possiblePlans } from './possible-plans.js'

const MIB = 1024 * 1024

function part(partNumber: number, size: number) {
  return { partNumber, size, etag: '"A"', crc64: undefined }
}

const partSizes = (size: number, ...listed: ReturnType<typeof part>[]) =>
  possiblePlans(size, listed).map(({ partSize }) => partSize)

it('finds the part size any upload was cut by, whichever of its parts are there', () => {
  const upload = fc
    .record({
      partSize: fc.integer({ min: MIN_PART_BYTES, max: 10 * MIB }),
      count: fc.integer({ min: 1, max: 60 }),
      rest: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .chain(({ partSize, count, rest }) => {
      const size = (count - 1) * partSize + Math.max(1, Math.round(rest * partSize))
      const numbers = Array.from({ length: count }, (_, i) => i + 1)
      return fc.record({
        plan: fc.constant({ size, partSize, count }),
        held: fc.shuffledSubarray(numbers, { minLength: 1 }),
      })
    })
  fc.assert(
    fc.property(upload, ({ plan, held }) => {
      const listed = held.map((number) => {
        const { start, end } = partRange(plan, number)
        return part(number, end - start)
      })
      // Of one part alone, any size at least its own will do.
      const wanted = plan.count === 1 ? plan.size : plan.partSize
      expect(partSizes(plan.size, ...listed)).toContain(wanted)
    }),
  )
})

it('finds how parts shrink, from any two of them but the last', () => {
  const upload = fc
    .record({
      shrinkBy: fc.integer({ min: 1, max: 100_000 }),
      last: fc.integer({ min: MIN_PART_BYTES, max: 2 * MIB }),
      count: fc.integer({ min: 3, max: 60 }),
    })
    .chain(({ shrinkBy, last, count }) => {
      const partSize = last + shrinkBy * (count - 1)
      const plan = cutFile((count * (partSize + last)) / 2, partSize, shrinkBy)
      const numbers = Array.from({ length: count - 1 }, (_, i) => i + 1)
      return fc.record({
        plan: fc.constant(plan),
        held: fc.shuffledSubarray(numbers, { minLength: 2 }),
      })
    })
  fc.assert(
    fc.property(upload, ({ plan, held }) => {
      const listed = held.map((number) => {
        const { start, end } = partRange(plan, number)
        return part(number, end - start)
      })
      expect(possiblePlans(plan.size, listed)).toContainEqual(plan)
    }),
  )
})

it('knows how a file is usually cut, from any single part', () => {
  const plan = planParts(64 * MIB, {}, { connections: 6 })
  expect(plan.count).toBe(12)
  for (let number = 1; number <= plan.count; number++) {
    const { start, end } = partRange(plan, number)
    expect(possiblePlans(plan.size, [part(number, end - start)])).toContainEqual(plan)
  }
})

it('leaves it to the bytes whether a part alone is the last one', () => {
  expect(partSizes(10 * MIB, part(2, 3 * MIB))).toEqual([3 * MIB, 7 * MIB])
  expect(partSizes(10 * MIB, part(2, 5 * MIB))).toEqual([5 * MIB])
  expect(partSizes(10 * MIB, part(3, 2 * MIB))).toEqual([2 * MIB, 4 * MIB])
})

it.each([
  ['nothing is there', 10 * MIB, []],
  ['the parts differ in size', 10 * MIB, [part(1, 2 * MIB), part(2, 3 * MIB)]],
  ['the file is shorter', 5 * MIB, [part(1, 2 * MIB), part(4, 2 * MIB)]],
  ['the file is longer than its last part says', 10 * MIB, [part(1, 4 * MIB), part(2, MIB)]],
  ['the part is larger than the file', MIB, [part(1, 2 * MIB)]],
  ['parts are smaller than OSS completes', MIB, [part(1, 100)]],
  ['there would be too many parts', 20_000 * MIN_PART_BYTES, [part(1, MIN_PART_BYTES)]],
  ['the part has no bytes', MIB, [part(1, 0)]],
])('knows no way to cut it when %s', (_when, size, listed) => {
  expect(possiblePlans(size, listed)).toEqual([])
})

it('takes a small file that is all one part', () => {
  expect(possiblePlans(17, [part(1, 17)])).toEqual([{ size: 17, partSize: 17, count: 1 }])
})
