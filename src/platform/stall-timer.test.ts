import { describe, expect, it } from 'vitest'
import type { Clock } from '../environment.js'
import { createManualClock } from '../testing/manual-clock.js'
import { createStallTimer } from './stall-timer.js'

function setUp() {
  const clock = createManualClock()
  let sleptMs = 0
  const device: Clock = { after: clock.after, now: () => clock.now() + sleptMs }
  const stalls: number[] = []
  const timer = createStallTimer(device, (ms) => stalls.push(ms))
  const sleep = (ms: number) => {
    sleptMs += ms
  }
  return { clock, timer, stalls, sleep }
}

describe('a stall', () => {
  it('is no byte for so long, however long the whole takes', async () => {
    const { clock, timer, stalls } = setUp()
    for (let byte = 0; byte < 100; byte++) {
      timer.restart(30_000)
      await clock.advance(29_000)
    }
    expect(stalls).toEqual([])
    await clock.advance(1_000)
    expect(stalls).toEqual([30_000])
  })

  it('is over with the request', async () => {
    const { clock, timer, stalls } = setUp()
    timer.restart(30_000)
    timer.stop()
    await clock.advance(60_000)
    expect(stalls).toEqual([])
  })

  it('is not a night’s sleep: a byte may come after it', async () => {
    const { clock, timer, stalls, sleep } = setUp()
    timer.restart(30_000)
    sleep(8 * 3_600_000)
    await clock.advance(30_000)
    expect(stalls).toEqual([])
    await clock.advance(30_000)
    expect(stalls).toEqual([30_000])
  })

  it('is seen in a hidden tab too, whose timers are all late', async () => {
    const { clock, timer, stalls, sleep } = setUp()
    timer.restart(30_000)
    for (let minute = 0; minute < 2; minute++) {
      sleep(30_000)
      await clock.advance(30_000)
    }
    expect(stalls).toEqual([30_000])
  })
})
