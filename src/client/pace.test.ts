import { describe, expect, it } from 'vitest'
import type { LineMemory } from '../environment.js'
import { OssNetworkError, OssServiceError, OssTimeoutError } from '../errors.js'
import { createManualClock } from '../testing/manual-clock.js'
import { createMemoryConnection } from '../testing/memory-connection.js'
import { adaptivePace } from './pace.js'

const ORIGIN = 'https://bucket.oss-cn-hangzhou.aliyuncs.com'

/** Bytes of a request that takes long. */
const LARGE = 8 * 1024 * 1024

/** A pace, and requests that stay under way until the test ends them. */
function setUp(remembered?: unknown) {
  const clock = createManualClock()
  const connection = createMemoryConnection()
  const saved: unknown[] = []
  const lineMemory: LineMemory = {
    load: async (origin) => (origin === ORIGIN ? remembered : undefined),
    save: async (_origin, line) => void saved.push(line),
  }
  const pace = adaptivePace({ clock, connection, lineMemory }, ORIGIN)
  const ends: (() => void)[] = []
  let underWay = 0

  function ask(requests: number): void {
    for (let i = 0; i < requests; i++) {
      void pace.slots.use({ rank: 0, signal: new AbortController().signal }, () => {
        underWay++
        return new Promise<void>((resolve) => ends.push(resolve)).finally(() => underWay--)
      })
    }
  }
  /** Time goes by while bytes move all along. */
  async function send(ms: number, bytesPerSecond: number, requestBytes = LARGE): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      await clock.advance(100)
      pace.moved(bytesPerSecond / 10, requestBytes)
    }
  }
  return { pace, clock, connection, saved, ask, ends, send, underWay: () => underWay }
}

const overloaded = new OssServiceError('SlowDown', {
  code: 'server',
  ossCode: 'SlowDown',
  status: 503,
  retryable: true,
})

describe('the pace of requests', () => {
  it('lets six go, however few there were at last the time before', async () => {
    const known = setUp({ parallel: 2, bytesPerSecond: 1e6 })
    await known.clock.settle()
    known.ask(8)
    await known.clock.settle()
    expect(known.underWay()).toBe(6)
    expect(known.pace.bytesPerSecond()).toBe(1e6)
  })

  it.each([7, null, 'x', {}, { bytesPerSecond: 0 }, { bytesPerSecond: Number.NaN }])(
    'does not believe a memory of %j',
    async (remembered) => {
      const { pace, clock } = setUp(remembered)
      await clock.settle()
      expect(pace.bytesPerSecond()).toBeUndefined()
    },
  )

  it('keeps to two where data is metered', async () => {
    const { pace, connection, clock, ask, underWay, ends } = setUp()
    connection.setMetered(true)
    ask(8)
    await clock.settle()
    expect(underWay()).toBe(2)
    expect(pace.connections()).toBe(2)
    connection.setMetered(false)
    expect(pace.connections()).toBe(6)
    ends[0]?.()
    await clock.settle()
    expect(underWay()).toBe(6)
  })

  it('halves when OSS asks for less or a request stands still, not when a line breaks', async () => {
    const { pace, clock, ask, underWay, ends } = setUp()
    ask(12)
    await clock.settle()
    pace.failed(new OssNetworkError('reset', { code: 'network', retryable: true }))
    ends[0]?.()
    await clock.settle()
    expect(underWay()).toBe(6)
    pace.failed(overloaded)
    pace.failed(overloaded)
    for (const end of ends.slice(1, 5)) end()
    await clock.settle()
    expect(underWay()).toBe(3)
    const stalled = new OssTimeoutError('stall', { code: 'timeout', retryable: true })
    const another = setUp()
    another.pace.failed(stalled)
    another.ask(8)
    await another.clock.settle()
    expect(another.underWay()).toBe(3)
  })

  it('climbs while each request more brings more, and lets those who wait go at once', async () => {
    const { pace, clock, ask, send, underWay, ends } = setUp()
    ask(12)
    await clock.settle()
    pace.failed(overloaded)
    for (const end of ends.slice(0, 4)) end()
    await clock.settle()
    expect(underWay()).toBe(3)
    for (let i = 0; i < 30; i++) await send(2_000, underWay() * 1e6)
    expect(underWay()).toBe(6)
  })

  it('climbs back after a bad minute also where requests are too small to tell how fast the line is', async () => {
    const { pace, clock, ask, ends, send, saved, underWay } = setUp()
    ask(20)
    await clock.settle()
    for (const limit of [3, 2, 1]) {
      pace.failed(overloaded)
      for (const end of ends.splice(0, 6)) end()
      await clock.settle()
      expect(underWay()).toBe(limit)
      await send(4_000, 1e6, 10_000)
    }
    await send(60_000, 1e6, 10_000)
    expect(underWay()).toBe(6)
    expect(pace.bytesPerSecond()).toBeUndefined()
    expect(saved).toEqual([])
  })

  it('does not take requests that broke for small ones, and climbs for them', async () => {
    const { pace, ask, ends, clock, send, underWay } = setUp()
    ask(20)
    await clock.settle()
    pace.failed(overloaded)
    for (const end of ends.splice(0, 6)) end()
    await clock.settle()
    for (let i = 0; i < 300; i++) {
      await send(300, 3e6)
      pace.moved(-1, 0)
    }
    expect(underWay()).toBe(3)
  })

  it('knows its speed with all requests under way, and writes that down', async () => {
    const { pace, ask, clock, send, saved } = setUp()
    await send(10_000, 1e6)
    expect(pace.bytesPerSecond()).toBeUndefined()
    ask(6)
    await clock.settle()
    await send(60_000, 3e6)
    expect(pace.bytesPerSecond()).toBeCloseTo(3e6)
    expect(saved.at(-1)).toEqual({ bytesPerSecond: pace.bytesPerSecond() })
  })

  it('goes by how fast the line was lately, not by one window', async () => {
    const { pace, ask, clock, send, saved } = setUp()
    ask(6)
    await clock.settle()
    await send(4_000, 8e6)
    await send(20_000, 2e6)
    expect(Math.round(Number(pace.bytesPerSecond()) / 1e4)).toBe(201)
    expect(saved.at(-1)).toEqual({ bytesPerSecond: pace.bytesPerSecond() })
  })

  it('takes neither a night’s sleep nor a clock that was set back for a rate', async () => {
    const { pace, ask, clock, send } = setUp()
    ask(6)
    await clock.settle()
    await send(4_000, 3e6)
    await clock.advance(3_600_000)
    pace.moved(1, LARGE)
    expect(pace.bytesPerSecond()).toBeCloseTo(3e6)
    await clock.advance(-7_200_000)
    pace.moved(1, LARGE)
    await send(4_000, 2e6)
    expect(pace.bytesPerSecond()).toBeLessThan(2.5e6)
  })

  it('counts what was sent in vain as not sent', async () => {
    const { pace, ask, clock, send } = setUp()
    ask(6)
    await clock.settle()
    await send(2_000, 3e6)
    pace.moved(-5.9e6, LARGE)
    await send(2_000, 3e6)
    expect(pace.bytesPerSecond()).toBeLessThan(0.2e6)
  })

  it('judges no number of requests while it is not the number under way', async () => {
    const { pace, clock, ask, ends, send, underWay } = setUp()
    ask(20)
    await clock.settle()
    pace.failed(overloaded)
    // Large parts, of which none ends for minutes.
    await send(120_000, 4.5e6)
    expect(underWay()).toBe(6)
    for (const end of ends.splice(0, 3)) end()
    await clock.settle()
    expect(underWay()).toBe(3)
    // At once: patience was not lost on trials of what could not be tried.
    for (let i = 0; i < 12; i++) await send(2_000, Math.min(4.5e6, underWay() * 1.25e6))
    expect(underWay()).toBeGreaterThan(3)
  })

  it('concludes nothing of six from the two of a metered line, but what two bring', async () => {
    const { pace, connection, clock, ask, send, underWay } = setUp()
    connection.setMetered(true)
    ask(20)
    await clock.settle()
    await send(60_000, 20_000)
    expect(underWay()).toBe(2)
    expect(pace.bytesPerSecond()).toBeCloseTo(20_000)
    connection.setMetered(false)
    pace.slots.refill()
    await clock.settle()
    expect(underWay()).toBe(6)
  })

  it('does not know a line by what it carries with fewer requests than there may be', async () => {
    const { pace, clock, ask, ends, send, saved } = setUp()
    ask(20)
    await clock.settle()
    await send(6_000, 6e6)
    for (let i = 0; i < 3; i++) {
      pace.failed(overloaded)
      for (const end of ends.splice(0, 6)) end()
      await clock.settle()
      await send(4_000, 1e6)
    }
    expect(pace.bytesPerSecond()).toBeCloseTo(6e6)
    expect(saved.at(-1)).toEqual({ bytesPerSecond: pace.bytesPerSecond() })
  })

  it('does not take the round trips of small requests for the line', async () => {
    const { pace, ask, clock, send, saved } = setUp({ parallel: 6, bytesPerSecond: 8e6 })
    await clock.settle()
    ask(6)
    await clock.settle()
    await send(20_000, 0.1e6, 10_000)
    expect(pace.bytesPerSecond()).toBe(8e6)
    expect(saved).toEqual([])
  })

  it('does not take what was sent in vain over a long time for one slow window', async () => {
    const { pace, ask, ends, clock, send } = setUp()
    ask(6)
    await clock.settle()
    await send(4_000, 3e6)
    await send(1_900, 3e6)
    await clock.advance(200)
    for (const end of ends) {
      pace.moved(-0.9e6, 0)
      end()
      await clock.settle()
    }
    expect(pace.bytesPerSecond()).toBeCloseTo(3e6)
  })
})
