import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createLink } from '../../src/simulation/link/link.js'
import { createPump } from './pump.js'

const ROOM = 10_000

/** A pump on a line of 1,000 bytes a millisecond and 20 ms there and back, in virtual time. */
function setUp() {
  const link = createLink({ name: 'test', rttMs: 20, totalMbit: 8 }, 1)
  const [from, to] = [new PassThrough({ highWaterMark: 0 }), new PassThrough()]
  const arrived: Buffer[] = []
  to.on('data', (chunk) => arrived.push(chunk))
  const pump = createPump(
    from,
    to,
    link.open().up,
    () => undefined,
    () => ROOM,
  )
  /** Time passes, and what the streams do by themselves is done. */
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1) {
      link.advance(1)
      pump.flush()
      await new Promise(setImmediate)
    }
  }
  return { from, to, pass, arrived: () => Buffer.concat(arrived) }
}

const numbered = (length: number) => Buffer.from(Array.from({ length }, (_, index) => index % 251))

test('hands over what came in, byte by byte, when the line has carried it', async () => {
  const { from, to, pass, arrived } = setUp()
  let hasEnded = false
  to.once('end', () => {
    hasEnded = true
  })
  const sent = numbered(30_000)
  for (let start = 0; start < sent.length; start += 7000)
    from.write(sent.subarray(start, start + 7000))
  from.end()
  await pass(29)
  expect(arrived().length).toBe(0)
  await pass(10)
  expect(arrived().length).toBeGreaterThan(0)
  expect(arrived().length).toBeLessThan(15_000)
  expect(hasEnded).toBe(false)
  await pass(100)
  expect(arrived().equals(sent)).toBe(true)
  expect(hasEnded).toBe(true)
})

test('does not read what the line has no room for', async () => {
  const { from, pass, arrived } = setUp()
  let taken = 0
  for (let piece = 0; piece < 200; piece += 1) {
    from.write(Buffer.alloc(1000), () => {
      taken += 1000
    })
  }
  while (arrived().length < 150_000) {
    await pass(1)
    // What waits for the line, fills its queue and is on its way.
    expect(taken - arrived().length).toBeLessThan(ROOM + 20_000 + 20_000 + 2000)
  }
  expect(from.isPaused()).toBe(true)
})
