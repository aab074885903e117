import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  OssCredentialsError,
  OssNetworkError,
  OssServiceError,
  type OssUploadErrorCode,
} from '../errors.js'
import { type Failures, type FaultKind, NO_FAILURES, retryPolicy } from './retry-policy.js'

function errorWith(code: OssUploadErrorCode, retryable = true): OssNetworkError {
  return new OssNetworkError('', { code, retryable })
}

function answered(status: number, retryAfterMs?: number, code: OssUploadErrorCode = 'server') {
  return new OssServiceError('', { code, retryable: true, status, retryAfterMs, ossCode: '' })
}

/** What becomes of a fault after so many failed tries of some kinds. */
function decide(error: unknown, before: Failures = NO_FAILURES, roll = 1, isOffline = false) {
  const decision = retryPolicy({ error, roll, isOffline }, before)
  return decision === 'give up' ? undefined : decision
}

/** How long to wait after so many tries; `undefined`: given up. */
function waitAfter(tries: number, roll: number, code: OssUploadErrorCode & FaultKind = 'network') {
  const error = errorWith(code)
  return decide(error, tries > 1 ? { [code]: tries - 1 } : NO_FAILURES, roll)?.afterMs
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
      fc.property(fc.integer({ min: 1, max: 63 }), roll, roll, (tries, one, other) => {
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

  it('lasts about ten minutes in all for a line that is dead without the device knowing', () => {
    let [sumMs, failures] = [0, NO_FAILURES]
    for (;;) {
      const decision = decide(errorWith('network'), failures, 0.5)
      if (!decision) break
      sumMs += decision.afterMs
      failures = decision.failures
    }
    expect(sumMs).toBeGreaterThan(9 * 60_000)
    expect(sumMs).toBeLessThan(11 * 60_000)
  })
})

describe('a server that asks for time', () => {
  it.each([429, 503])('with %d gets longer pauses than one that failed', (status) => {
    expect(decide(answered(500))?.afterMs).toBe(400)
    expect(decide(answered(status))?.afterMs).toBe(2_000)
  })

  it.each([429, 503])('by Retry-After on %d gets it, and some jitter on top', (status) => {
    expect(decide(answered(status, 7_000), NO_FAILURES, 0)?.afterMs).toBe(7_000)
    expect(decide(answered(status, 7_000), NO_FAILURES, 0.5)?.afterMs).toBe(8_000)
  })

  it('gets it on any other answer too', () => {
    expect(decide(answered(500, 7_000), NO_FAILURES, 0)?.afterMs).toBe(7_000)
  })

  it('does not get hours', () => {
    expect(decide(answered(503, 9e9), NO_FAILURES, 0)?.afterMs).toBe(300_000)
  })

  it('may be the app server', () => {
    const details = {
      code: 'credentials',
      retryable: true,
      status: 503,
      retryAfterMs: 7e3,
    } as const
    expect(decide(new OssCredentialsError('', details), NO_FAILURES, 0)?.afterMs).toBe(7_000)
  })
})

describe('giving up', () => {
  it.each([
    ['cors', 4],
    ['checksum', 3],
    ['protocol', 3],
    ['credentials', 5],
    ['network', 64],
    ['server', 8],
  ] as const)('comes, for the code %s, after %d tries', (code, tries) => {
    expect(waitAfter(tries - 1, 0.5, code)).toBeDefined()
    expect(waitAfter(tries, 0.5, code)).toBeUndefined()
    expect(waitAfter(tries + 1, 0.5, code)).toBeUndefined()
  })

  it('comes at once for what another try cannot mend', () => {
    for (const error of [
      errorWith('network', false),
      new TypeError('a bug'),
      { retryable: true, code: 'network' },
      undefined,
    ]) {
      expect(decide(error)).toBeUndefined()
      expect(decide(error, NO_FAILURES, 0, true)).toBeUndefined()
    }
  })

  it('counts each kind of fault by itself', () => {
    const failures: Failures = { server: 7, checksum: 2, credentials: 4, cors: 3 }
    expect(decide(errorWith('network'), failures)?.failures).toEqual({ ...failures, network: 1 })
    expect(decide(answered(500), { network: 63 })?.failures).toEqual({ network: 63, server: 1 })
    expect(decide(answered(500), { network: 1, server: 7 })).toBeUndefined()
  })

  it('comes later for an app server that is not reached than for one that fails', () => {
    const details = { code: 'credentials', retryable: true } as const
    const unreached = new OssCredentialsError('', { ...details, cause: new TypeError('no line') })
    const failed = new OssCredentialsError('', { ...details, status: 500 })
    expect(decide(unreached, { appServer: 22, credentials: 4 })).toBeDefined()
    expect(decide(unreached, { appServer: 23 })).toBeUndefined()
    expect(decide(failed, { appServer: 23 })?.failures).toEqual({ appServer: 23, credentials: 1 })
  })

  it('counts a time-out that the server reports as the server’s', () => {
    const timeout = answered(400, undefined, 'timeout')
    expect(decide(timeout)?.failures).toEqual({ server: 1 })
    expect(decide(errorWith('timeout'))?.failures).toEqual({ network: 1 })
  })
})

describe('without a line', () => {
  it.each(['network', 'timeout', 'cors', 'credentials'] as const)(
    'a failure with the code %s spends no try, and waits for the line',
    (code) => {
      const spent: Failures = { network: 63, cors: 3, credentials: 4 }
      const decision = decide(errorWith(code), spent, 1, true)
      expect(decision).toMatchObject({ untilOnline: true, failures: { ...spent, offline: 1 } })
      expect(decide(errorWith(code), { offline: 1e6 }, 1, true)).toBeDefined()
    },
  )

  it('a server that answered was there all the same', () => {
    const decision = decide(answered(503), NO_FAILURES, 1, true)
    expect(decision).toMatchObject({ untilOnline: false, failures: { server: 1 } })
  })
})
