import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { windowOf } from './virtual-list.js'

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

const heightsOfRows = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 200 })
const pixels = fc.integer({ min: 0, max: 3_000 })

describe('the window', () => {
  it('and the room above and below it are as high as the whole list', () => {
    fc.assert(
      fc.property(heightsOfRows, pixels, pixels, (heights, top, height) => {
        const { first, last, above, below } = windowOf(heights, top, height)
        expect(above).toBe(sum(heights.slice(0, first)))
        expect(above + sum(heights.slice(first, last)) + below).toBe(sum(heights))
      }),
    )
  })

  it('covers all that is seen, and four rows to either side', () => {
    fc.assert(
      fc.property(heightsOfRows, pixels, pixels, (heights, top, height) => {
        const { first, last } = windowOf(heights, top, height)
        if (first > 0) expect(sum(heights.slice(0, first + 4))).toBeLessThanOrEqual(top)
        if (last < heights.length) {
          expect(sum(heights.slice(0, last - 4))).toBeGreaterThanOrEqual(top + height)
        }
      }),
    )
  })

  it('is small, however long the list', () => {
    const { first, last } = windowOf(Array(10_000).fill(50), 250_000, 500)
    expect([first, last]).toEqual([4_996, 5_014])
  })

  it('is the whole of a small list', () => {
    expect(windowOf([64, 64, 64], 0, 500)).toEqual({ first: 0, last: 3, above: 0, below: 0 })
  })

  it('is empty where there is nothing', () => {
    expect(windowOf([], 100, 500)).toEqual({ first: 0, last: 0, above: 0, below: 0 })
  })

  it('stays at the last rows when scrolled past the end, as after many were removed', () => {
    expect(windowOf(Array(20).fill(50), 9_000, 500)).toEqual({
      first: 15,
      last: 20,
      above: 750,
      below: 0,
    })
  })

  it('stays at the first rows when pulled down beyond the top', () => {
    expect(windowOf(Array(20).fill(50), -80, 100)).toMatchObject({ first: 0, above: 0 })
  })
})
