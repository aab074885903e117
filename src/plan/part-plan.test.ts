import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  goesByParts,
  MAX_OBJECT_BYTES,
  MAX_PARTS,
  MAX_REQUEST_BYTES,
  MIN_PART_BYTES,
  type PartPlanOptions,
} from './part-limits.js'
import { cutFile, type Line, type PartPlan, partRange, planParts } from './part-plan.js'

const MIB = 1024 ** 2
const GIB = 1024 ** 3

/** Any size, with those around powers of two and OSS's limits made frequent. */
const size = fc.oneof(
  fc.integer({ min: 0, max: MAX_OBJECT_BYTES }),
  fc.tuple(fc.integer({ min: 0, max: 45 }), fc.integer({ min: -2, max: 2 })).map(([bits, more]) => {
    return Math.max(0, 2 ** bits + more)
  }),
  fc
    .tuple(
      fc.constantFrom(MIN_PART_BYTES, 8 * MIB, 16 * MIB, 5 * GIB, 80_000 * MIB, 160_000 * MIB),
      fc.integer({ min: -2, max: 2 }),
    )
    .map(([bytes, more]) => bytes + more),
  fc.integer({ min: MAX_OBJECT_BYTES - 3, max: MAX_OBJECT_BYTES }),
)
const partSize = fc.oneof(
  fc.integer({ min: MIN_PART_BYTES, max: MAX_REQUEST_BYTES }),
  fc.constantFrom(MIN_PART_BYTES, MIN_PART_BYTES + 1, MAX_REQUEST_BYTES),
)
const multipartThreshold = fc.oneof(
  fc.integer({ min: 0, max: MAX_REQUEST_BYTES }),
  fc.constantFrom(0, 1, MAX_REQUEST_BYTES),
)
const line: fc.Arbitrary<Line> = fc.record({
  connections: fc.integer({ min: 1, max: 6 }),
  bytesPerSecond: fc.option(fc.double({ min: 0, max: 1e10, noNaN: true }), { nil: undefined }),
})
const options: fc.Arbitrary<PartPlanOptions> = fc.record(
  { partSize, multipartThreshold },
  { requiredKeys: [] },
)

const UNKNOWN: Line = { connections: 6 }

function partsOf(bytes: number, chosen: PartPlanOptions = {}, line = UNKNOWN): PartPlan {
  return planParts(bytes, chosen, line)
}

describe('any plan', () => {
  it('stays inside the limits of OSS, up to 48.8 TB', () => {
    fc.assert(
      fc.property(size, options, line, (bytes, chosen, line) => {
        if (!goesByParts(bytes, chosen)) {
          expect(bytes).toBeLessThanOrEqual(MAX_REQUEST_BYTES)
          return
        }
        const { count, partSize } = partsOf(bytes, chosen, line)
        expect(count).toBeGreaterThanOrEqual(1)
        expect(count).toBeLessThanOrEqual(MAX_PARTS)
        expect(Number.isInteger(partSize)).toBe(true)
        expect(partSize).toBeGreaterThanOrEqual(MIN_PART_BYTES)
        expect(partSize).toBeLessThanOrEqual(MAX_REQUEST_BYTES)
      }),
      { numRuns: 1_000 },
    )
  })

  it('covers the file exactly, part after part', () => {
    const sizes = size.filter((bytes) => bytes > 0)
    fc.assert(
      fc.property(sizes, partSize, (bytes, wanted) => {
        const plan = partsOf(bytes, { partSize: wanted })
        let end = 0
        for (let partNumber = 1; partNumber <= plan.count; partNumber++) {
          const range = partRange(plan, partNumber)
          const isLast = partNumber === plan.count
          const length = range.end - range.start
          if (range.start !== end || length < 1 || (!isLast && length !== plan.partSize)) {
            expect.fail(`part ${partNumber} is ${range.start} to ${range.end} after ${end}`)
          }
          end = range.end
        }
        expect(end).toBe(bytes)
      }),
      { numRuns: 50 },
    )
  })

  it('leaves no part but the last below what OSS completes', () => {
    const files = fc.integer({ min: 1, max: 512 * MIB })
    fc.assert(
      fc.property(files, line, (bytes, line) => {
        const plan = partsOf(bytes, {}, line)
        if (plan.count === 1) return
        const { start, end } = partRange(plan, plan.count - 1)
        expect(end - start).toBeGreaterThanOrEqual(MIN_PART_BYTES)
      }),
      { numRuns: 1_000 },
    )
  })

  it('keeps the part size that was asked for while 10,000 parts are enough', () => {
    fc.assert(
      fc.property(partSize, fc.integer({ min: 1, max: MAX_PARTS }), (wanted, count) => {
        const plan = partsOf(wanted * count, { partSize: wanted })
        expect(plan).toEqual({ size: wanted * count, partSize: wanted, count })
      }),
    )
  })
})

describe('a plan without options', () => {
  it('has parts of 8 MiB, and of 16 MiB from 1 GiB up', () => {
    expect(partsOf(GIB - 1).partSize).toBe(8 * MIB)
    expect(partsOf(4 * GIB).partSize).toBe(16 * MIB)
    expect(partsOf(GIB + 1).count).toBe(65)
  })

  it('is one round of equal parts where more would be very small: no connection idles', () => {
    const small = partsOf(5.9 * MIB)
    expect(small).toMatchObject({ count: 6 })
    expect(small.shrinkBy).toBeUndefined()
    expect(partsOf(MIB)).toMatchObject({ partSize: 256 * 1024, count: 4 })
    expect(partsOf(1)).toEqual({ size: 1, partSize: 256 * 1024, count: 1 })
  })

  it('has parts that shrink to a fifth of their average, so that all connections end together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8 * MIB + 1, max: 480 * MIB }), (bytes) => {
        const plan = partsOf(bytes)
        const lengths = Array.from({ length: plan.count }, (_, i) => {
          const { start, end } = partRange(plan, i + 1)
          return end - start
        })
        expect(plan.count % 12).toBe(0)
        expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(bytes)
        expect(lengths).toEqual([...lengths].sort((a, b) => b - a))
        const average = bytes / plan.count
        expect(lengths.at(-1)).toBeGreaterThan(0.19 * average)
        expect(lengths[0]).toBeLessThan(1.81 * average)
        expect(average).toBeLessThanOrEqual(8 * MIB)
      }),
    )
  })

  it('never ends where parts shrink to nothing before the file does', () => {
    expect(cutFile(100, 10, 5).count).toBe(Number.POSITIVE_INFINITY)
    expect(cutFile(15, 10, 5).count).toBe(2)
  })

  it('has smaller parts on a slow line: whole MiB in 5 s each, and at least one', () => {
    const at = (bytesPerSecond: number) =>
      partsOf(512 * MIB, {}, { connections: 6, bytesPerSecond }).partSize
    expect(at(20e6)).toBe(8 * MIB)
    expect(at(6 * 600 * 1024)).toBe(2 * MIB)
    expect(at(6 * 400 * 1024)).toBe(MIB)
    expect(at(1)).toBe(MIB)
  })

  it('has larger parts on a line known to be fast: 2 s each, and at most 64 MiB', () => {
    const at = (bytesPerSecond: number) =>
      partsOf(10 * GIB, {}, { connections: 6, bytesPerSecond }).partSize
    expect(at(6 * 8 * MIB)).toBe(16 * MIB)
    expect(at(6 * 20 * MIB)).toBe(40 * MIB)
    expect(at(1e12)).toBe(64 * MIB)
    const fast = { connections: 6, bytesPerSecond: 6 * 20 * MIB }
    expect(partsOf(9 * MIB, {}, fast)).toEqual(partsOf(9 * MIB))
  })

  it('raises the part size, in whole MiB, beyond 10,000 parts', () => {
    expect(partsOf(160_000 * MIB)).toMatchObject({ partSize: 16 * MIB, count: 10_000 })
    expect(partsOf(160_000 * MIB + 1)).toMatchObject({ partSize: 17 * MIB, count: 9_412 })
    expect(partsOf(MAX_OBJECT_BYTES)).toMatchObject({ partSize: 5 * GIB, count: 10_000 })
  })

  it('leaves a small file in one piece where other uploads have use for the connections', () => {
    const crowded = { ...UNKNOWN, isCrowded: true }
    expect(partsOf(5 * MIB, {}, crowded).count).toBe(1)
    // Of a slow line as many as without the others.
    expect(partsOf(5 * MIB, {}, { ...crowded, bytesPerSecond: MIB }).count).toBe(5)
    expect(partsOf(9 * MIB, {}, crowded)).toEqual(partsOf(9 * MIB))
  })
})
