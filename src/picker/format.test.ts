import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFormat } from './format.js'

const { bytes, count, duration, percent } = createFormat('en')

describe('bytes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1_000, '1 kB'],
    [1_550, '1.6 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1 MB'],
    [48_800_000_000, '48.8 GB'],
    [5_000_000_000_000_000, '5,000 TB'],
  ])('%d are written %s', (given, written) => {
    expect(bytes(given)).toBe(written)
  })

  it('are never written with four digits where there is a larger unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_000_000_000_000 }), (size) => {
        expect(bytes(size)).toMatch(/^\d{1,3}(\.\d)? /)
      }),
    )
  })
})

describe('a share', () => {
  it('is 100% only when all is done', () => {
    expect(percent(0)).toBe('0%')
    expect(percent(0.5)).toBe('50%')
    expect(percent(0.9999)).toBe('99%')
    expect(percent(1)).toBe('100%')
  })
})

describe('a duration', () => {
  it.each([
    [0, '1 sec'],
    [0.2, '1 sec'],
    [59, '59 sec'],
    [59.5, '1 min'],
    [300, '5 min'],
    [3_600, '1 hr'],
    [10_000, '3 hr'],
  ])('of %d s is written %s', (seconds, written) => {
    expect(duration(seconds)).toBe(written)
  })
})

describe('a language', () => {
  it('writes numbers its own way', () => {
    expect(count(10_000)).toBe('10,000')
    expect(createFormat('de').count(10_000)).toBe('10.000')
    expect(createFormat('zh').duration(300)).toBe('5分钟')
  })

  it.each(['', 'zh_CN', 'no language'])('that is none, "%s", is taken for English', (tag) => {
    expect(createFormat(tag).count(10_000)).toBe('10,000')
  })
})
