import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OssNetworkError, OssServiceError } from '../errors.js'
import { createServerClock, learnedOffset } from './clock-skew.js'

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)

function refusal(serverTimeMs: number | undefined, ossCode = 'RequestTimeTooSkewed') {
  return new OssServiceError('', { code: 'access-denied', retryable: false, ossCode, serverTimeMs })
}

describe('the clock of OSS', () => {
  it('is the device’s until OSS refuses that, then any number of years off', () => {
    const time = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) })
    fc.assert(
      fc.property(time, fc.integer({ min: 0, max: 4e12 }), fc.nat(1e9), (server, device, later) => {
        let now = device
        const clock = createServerClock({ now: () => now })
        expect(clock.now()).toBe(device)
        expect(clock.learnFrom(refusal(server))).toBe(true)
        now += later
        expect(clock.now()).toBe(server + later)
        expect(clock.at(device)).toBe(server)
      }),
    )
  })

  it('is not what an application could not read', () => {
    const clock = createServerClock({ now: () => NOW })
    for (const told of [Number.NaN, 0, 1e300]) clock.suppose(told)
    expect(clock.now()).toBe(NOW)
    expect(clock.isLikely()).toBe(false)
  })

  it('is learned anew when the device’s is set right', () => {
    let now = NOW - 7_200_000
    const clock = createServerClock({ now: () => now })
    clock.learnFrom(refusal(NOW))
    now = NOW
    expect(clock.now()).toBe(NOW + 7_200_000)
    clock.learnFrom(refusal(NOW))
    expect(clock.now()).toBe(NOW)
  })

  it.each([
    ['no time', refusal(undefined)],
    ['1970', refusal(0)],
    ['the far future', refusal(8.64e15)],
    ['another refusal', refusal(NOW, 'AccessDenied')],
    ['a broken line', new OssNetworkError('', { code: 'network', retryable: true })],
  ])('is not learned from %s', (_, error) => {
    expect(learnedOffset(error, NOW)).toBeUndefined()
    const clock = createServerClock({ now: () => NOW })
    expect(clock.learnFrom(error)).toBe(false)
    expect(clock.now()).toBe(NOW)
  })

  it('is the device’s again when what was learned did not help', () => {
    const clock = createServerClock({ now: () => NOW })
    clock.learnFrom(refusal(NOW + 1e9))
    clock.distrust()
    expect(clock.now()).toBe(NOW)
  })
})
