import { describe, expect, it } from 'vitest'
import {
  checkPartPlanOptions,
  goesByParts,
  MAX_OBJECT_BYTES,
  MAX_PARTS,
  MAX_REQUEST_BYTES,
  MIN_PART_BYTES,
} from './part-limits.js'

const MIB = 1024 ** 2
const GIB = 1024 ** 3

it('knows the limits of OSS', () => {
  expect(MIN_PART_BYTES).toBe(102_400)
  expect(MAX_PARTS).toBe(10_000)
  expect(MAX_REQUEST_BYTES).toBe(5_368_709_120)
  expect(MAX_OBJECT_BYTES).toBe(53_687_091_200_000)
})

describe('a file', () => {
  it('of up to 4 MiB is put whole', () => {
    expect(goesByParts(4 * MIB, {})).toBe(false)
    expect(goesByParts(4 * MIB + 1, {})).toBe(true)
  })

  it('of up to the size that was asked for is put whole: of the threshold, else of a part', () => {
    expect(goesByParts(GIB, { multipartThreshold: GIB, partSize: MIB })).toBe(false)
    expect(goesByParts(GIB + 1, { multipartThreshold: GIB })).toBe(true)
    expect(goesByParts(MIB, { partSize: MIB })).toBe(false)
    expect(goesByParts(MIB + 1, { partSize: MIB })).toBe(true)
    expect(goesByParts(1, { multipartThreshold: 0 })).toBe(true)
  })

  it('that is empty is always put', () => {
    expect(goesByParts(0, { multipartThreshold: 0 })).toBe(false)
  })

  it('is refused where OSS cannot hold it', () => {
    expect(goesByParts(MAX_OBJECT_BYTES, {})).toBe(true)
    expect(() => goesByParts(MAX_OBJECT_BYTES + 1, {})).toThrow(RangeError)
  })
})

describe('the options', () => {
  it.each([
    {},
    { partSize: MIN_PART_BYTES, multipartThreshold: 0 },
    { partSize: MAX_REQUEST_BYTES, multipartThreshold: MAX_REQUEST_BYTES },
  ])('may be %j', (chosen) => expect(() => checkPartPlanOptions(chosen)).not.toThrow())

  it.each([
    ['partSize', MIN_PART_BYTES - 1, RangeError],
    ['partSize', MAX_REQUEST_BYTES + 1, RangeError],
    ['partSize', 200_000.5, TypeError],
    ['partSize', Number.NaN, TypeError],
    ['partSize', '200000', TypeError],
    ['partSize', null, TypeError],
    ['multipartThreshold', -1, RangeError],
    ['multipartThreshold', MAX_REQUEST_BYTES + 1, RangeError],
    ['multipartThreshold', Number.POSITIVE_INFINITY, TypeError],
  ])('cannot have %s %s', (name, value, error) => {
    const check = () => checkPartPlanOptions({ [name]: value })
    expect(check).toThrow(error)
    expect(check).toThrow(name)
  })
})
