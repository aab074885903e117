import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adapt, firstParallelism, MAX_PARALLEL, type Parallelism } from './parallelism.js'

const KIB = 1024
const MIB = 1024 * KIB

/** What a line gives to so many requests, in bytes a second. */
type Line = (requests: number) => number

const cappedEach =
  (each: number): Line =>
  (requests) =>
    each * requests
const cappedInAll =
  (inAll: number, each = inAll): Line =>
  (requests) =>
    Math.min(inAll, each * requests)

/** Plays windows on a line that wavers. @returns how it stood after each. */
function play(line: Line, windows: number, from = firstParallelism(), waver = () => 1) {
  const states: Parallelism[] = []
  let state = from
  for (let i = 0; i < windows; i++) {
    const bytesPerSecond = line(state.limit) * waver()
    state = adapt(state, { type: 'window', bytesPerSecond, isBusy: true })
    states.push(state)
  }
  return states
}

/** 0.9 to 1.1, evenly. */
function wavering(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return 0.9 + ((state >>> 8) / 2 ** 24) * 0.2
  }
}

const limits = (states: readonly Parallelism[]) => states.map(({ limit }) => limit)
const lastLimit = (states: readonly Parallelism[]) => states.at(-1)?.limit

describe('the number of requests', () => {
  it('is all there may be on a line nothing is known of, and stays that where requests are fast', () => {
    expect(new Set(limits(play(cappedEach(2.5 * MIB), 100)))).toEqual(new Set([6]))
    expect(new Set(limits(play(cappedInAll(12 * MIB), 100)))).toEqual(new Set([6]))
  })

  it('climbs from what was remembered, as long as one more brings more', () => {
    const states = play(cappedEach(2.5 * MIB), 20, firstParallelism(2))
    expect(lastLimit(states)).toBe(6)
    expect(limits(states)).toEqual([...limits(states)].sort())
  })

  it('does not climb where one more brings nothing, and tries that ever more rarely', () => {
    const states = play(cappedInAll(12 * MIB, 4 * MIB), 200, firstParallelism(3))
    expect(lastLimit(states)).toBe(3)
    const more = states.filter(({ limit }) => limit > 3)
    expect(more.length).toBeGreaterThan(0)
    expect(more.length / states.length).toBeLessThan(0.15)
  })

  it('falls where each request is slow and fewer bring as much', () => {
    const states = play(cappedInAll(60 * KIB), 40)
    expect(lastLimit(states)).toBeLessThanOrEqual(2)
    // But not where each brings its own.
    expect(lastLimit(play(cappedEach(20 * KIB), 40))).toBe(6)
  })

  it('halves once for a burst of refusals, and climbs back', () => {
    const line = cappedEach(2.5 * MIB)
    const before = play(line, 5).at(-1) as Parallelism
    let state = before
    for (let i = 0; i < 5; i++) state = adapt(state, { type: 'overload' })
    expect(state.limit).toBe(3)
    expect(lastLimit(play(line, 20, state))).toBe(6)
  })

  it('climbs back one by one where requests are too small to tell a rate, and rests after each', () => {
    const untold = { type: 'window', bytesPerSecond: undefined, isBusy: true } as const
    let state = adapt(adapt(firstParallelism(), { type: 'overload' }), untold)
    expect(state.limit).toBe(3)
    for (let i = 0; i < 4; i++) state = adapt(state, untold)
    expect(state.limit).toBe(4)
    state = adapt(state, { type: 'overload' })
    expect(state.limit).toBe(2)
    for (let i = 0; i < 30; i++) state = adapt(state, untold)
    expect(state.limit).toBe(6)
  })

  it('is looked for anew when the line has become another', () => {
    const settled = play(cappedInAll(12 * MIB, 4 * MIB), 100, firstParallelism(3)).at(-1)
    expect(settled?.limit).toBe(3)
    // As many windows as a new line needs, not as many as the old one's patience had become.
    expect(lastLimit(play(cappedEach(10 * MIB), 16, settled))).toBe(6)
  })

  it('says nothing of windows in which there was less to send', () => {
    const state = firstParallelism(2)
    const idle = adapt(state, { type: 'window', bytesPerSecond: 1, isBusy: false })
    expect(idle).toEqual(state)
  })

  it('is 1 to 6, whatever is seen', () => {
    const sighting = fc.oneof(
      fc.record({
        type: fc.constant('window' as const),
        bytesPerSecond: fc.option(fc.double({ min: 0, max: 1e10, noNaN: true }), {
          nil: undefined,
        }),
        isBusy: fc.boolean(),
      }),
      fc.record({ type: fc.constant('overload' as const) }),
    )
    fc.assert(
      fc.property(fc.array(sighting, { maxLength: 200 }), (seen) => {
        let state = firstParallelism()
        for (const each of seen) {
          state = adapt(state, each)
          expect(Number.isInteger(state.limit)).toBe(true)
          expect(state.limit).toBeGreaterThanOrEqual(1)
          expect(state.limit).toBeLessThanOrEqual(MAX_PARALLEL)
        }
      }),
    )
  })

  it('loses less than 5% against the best fixed number, on lines that waver by a tenth', () => {
    const lines = fc.oneof(
      fc.double({ min: 20 * KIB, max: 100 * MIB, noNaN: true }).map(cappedEach),
      fc
        .tuple(
          fc.double({ min: 50 * KIB, max: 100 * MIB, noNaN: true }),
          fc.integer({ min: 1, max: 6 }),
        )
        .map(([inAll, filledBy]) => cappedInAll(inAll, inAll / filledBy)),
    )
    fc.assert(
      fc.property(lines, fc.integer(), (line, seed) => {
        const states = play(line, 150, firstParallelism(), wavering(seed))
        // The limit of a window is that before it.
        const sent = [6, ...limits(states).slice(0, -1)].map(line)
        const mean = sent.reduce((sum, bytes) => sum + bytes, 0) / sent.length
        expect(mean).toBeGreaterThan(0.95 * line(MAX_PARALLEL))
      }),
    )
  })
})
