import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OssNetworkError, type OssUploadErrorCode } from '../errors.js'
import { retryPolicy } from './retry-policy.js'

function errorWith(code: OssUploadErrorCode, retryable = true): OssNetworkError {
  return new OssNetworkError('', { code, retryable })
}

/** How long to wait after so many tries; `undefined`: given up. */
function waitAfter(tries: number, roll: number, code: OssUploadErrorCode = 'network') {
  const decision = retryPolicy(errorWith(code), tries, roll)
  return decision === 'give up' ? undefined : decision.afterMs
}

describe('the wait before another try', () => {
  it('is rolled from nothing up to a ceiling that doubles to 20 s', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7].map((tries) => waitAfter(tries, 1))
    expect(ceilings).toEqual([400, 800, 1_600, 3_200, 6_400, 12_800, 20_000])
    expect([1, 4, 7].map((tries) => waitAfter(tries, 0))).toEqual([0, 0, 0])
    expect(waitAfter(1, 0.5)).toBe(200)
  })

  it('is a whole number of milliseconds within bounds, and grows with the roll', () => {
    const roll = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), roll, roll, (tries, one, other) => {
        const [shorter = Number.NaN, longer = Number.NaN] = [one, other]
          .sort((a, b) => a - b)
          .map((each) => waitAfter(tries, each))
        expect(Number.isInteger(shorter)).toBe(true)
        expect(shorter).toBeGreaterThanOrEqual(0)
        expect(longer).toBeGreaterThanOrEqual(shorter)
        expect(longer).toBeLessThanOrEqual(20_000)
      }),
    )
  })
})

describe('giving up', () => {
  it.each([
    ['cors', 4],
    ['checksum', 3],
    ['protocol', 3],
    ['credentials', 5],
    ['network', 8],
    ['timeout', 8],
    ['server', 8],
  ] as const)('comes, for the code %s, after %d tries', (code, tries) => {
    expect(waitAfter(tries - 1, 0.5, code)).toBeDefined()
    expect(waitAfter(tries, 0.5, code)).toBeUndefined()
    expect(waitAfter(tries + 1, 0.5, code)).toBeUndefined()
  })

  it('comes at once for what another try cannot mend', () => {
    expect(retryPolicy(errorWith('network', false), 1, 0)).toBe('give up')
    expect(retryPolicy(new TypeError('a bug'), 1, 0)).toBe('give up')
    expect(retryPolicy({ retryable: true, code: 'network' }, 1, 0)).toBe('give up')
    expect(retryPolicy(undefined, 1, 0)).toBe('give up')
  })
})
