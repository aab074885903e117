import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesPerSecond, measure, NO_SPEED, type SpeedMeter, secondsLeft } from './progress.js'

type Sample = readonly [atMs: number, loaded: number]

function speedAfter(...samples: readonly Sample[]): number {
  const meter = samples.reduce<SpeedMeter>(
    (m, [atMs, loaded]) => measure(m, atMs, loaded),
    NO_SPEED,
  )
  return bytesPerSecond(meter)
}

/** Sent at one speed, sampled at one pace. */
function steady(fromMs: number, toMs: number, everyMs: number, speed: number): Sample[] {
  const count = Math.floor((toMs - fromMs) / everyMs) + 1
  return Array.from({ length: count }, (_, i) => [
    fromMs + i * everyMs,
    (i * everyMs * speed) / 1000,
  ])
}

describe('the speed', () => {
  it('is 0 until there are two samples at two times', () => {
    expect(speedAfter()).toBe(0)
    expect(speedAfter([0, 500])).toBe(0)
    expect(speedAfter([0, 0], [0, 500])).toBe(0)
  })

  it('is that from the oldest sample of the last 5 s to the newest', () => {
    expect(speedAfter([0, 0], [1_000, 100], [2_000, 900])).toBe(450)
    expect(speedAfter([0, 0], [4_000, 100], [5_000, 500])).toBe(100)
    expect(speedAfter([0, 0], [4_000, 100], [5_001, 1_101])).toBe(1_000)
  })

  it.each([10, 50, 199, 200, 1_000])('is right when sampled every %d ms', (everyMs) => {
    expect(speedAfter(...steady(0, 4_000, everyMs, 2_000))).toBeCloseTo(2_000)
  })

  it('forgets what was more than 5 s ago', () => {
    const slow = steady(0, 10_000, 500, 100)
    const fast = steady(0, 5_000, 500, 9_000).map(
      ([at, sent]): Sample => [10_000 + at, 1_000 + sent],
    )
    expect(speedAfter(...slow, ...fast)).toBeCloseTo(9_000)
  })

  it('is 0 again when nothing was sent for 5 s', () => {
    expect(speedAfter(...steady(0, 2_000, 500, 100), [10_000, 200])).toBe(0)
    expect(speedAfter(...steady(0, 2_000, 500, 100), [10_000, 200], [11_000, 200])).toBe(0)
  })

  it('is never negative, also when bytes are taken back', () => {
    expect(speedAfter([0, 5_000], [1_000, 0])).toBe(0)
  })

  it('is right again soon after the clock was set back', () => {
    const before = steady(3_600_000, 3_603_000, 500, 100)
    const after = steady(0, 3_000, 500, 100)
    expect(speedAfter(...before, ...after)).toBeCloseTo(100)
  })

  it('replaces samples that are closer than 0.2 s', () => {
    const timesAfter = (...times: number[]) =>
      times
        .reduce<SpeedMeter>((meter, atMs) => measure(meter, atMs, 0), NO_SPEED)
        .samples.map(({ atMs }) => atMs)
    expect(timesAfter(1_000, 1_100, 1_199)).toEqual([1_000, 1_199])
    expect(timesAfter(1_000, 1_100, 1_200)).toEqual([1_000, 1_100, 1_200])
    expect(timesAfter(1_000, 1_300, 1_400, 1_450)).toEqual([1_000, 1_300, 1_450])
  })

  it('needs few samples, however many are taken', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 500 })
    fc.assert(
      fc.property(gaps, (list) => {
        let meter = NO_SPEED
        let atMs = 0
        for (const gap of list) {
          atMs += gap
          meter = measure(meter, atMs, atMs)
        }
        expect(meter.samples.length).toBeLessThanOrEqual(52)
        expect(meter.samples.at(-1)?.atMs ?? 0).toBe(atMs)
      }),
    )
  })

  it('is computed from values: a meter that was measured stays as it was', () => {
    const meter = measure(measure(NO_SPEED, 0, 0), 100, 50)
    const copy = structuredClone(meter)
    measure(meter, 150, 80)
    expect(meter).toEqual(copy)
    expect(NO_SPEED.samples).toEqual([])
  })
})

describe('the seconds left', () => {
  it('are what is missing, divided by the speed', () => {
    expect(secondsLeft(250, 1_000, 500)).toBe(1.5)
    expect(secondsLeft(1_000, 1_000, 500)).toBe(0)
    expect(secondsLeft(0, 10, 0.5)).toBe(20)
  })

  it('are unknown while nothing moves', () => {
    expect(secondsLeft(250, 1_000, 0)).toBeUndefined()
  })
})
