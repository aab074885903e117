import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { createLink, type Link } from './link.js'
import { bytesPerMs, findLink, LINK_PROFILES, type LinkProfile } from './profiles.js'
import { PACKET_BYTES, type Sender } from './sender.js'

/** Minutes of virtual time are seconds on a busy machine. */
vi.setConfig({ testTimeout: 30_000 })

const MB = 1_000_000
const plain: LinkProfile = { name: 'plain', rttMs: 50, totalMbit: 100 }

const anyProfile: fc.Arbitrary<LinkProfile> = fc.record(
  {
    name: fc.constant('any'),
    rttMs: fc.integer({ min: 2, max: 300 }),
    totalMbit: fc.integer({ min: 1, max: 1000 }),
    connectionMbit: fc.integer({ min: 1, max: 50 }),
    loss: fc.constantFrom(0, 0.001, 0.01, 0.05),
  },
  { requiredKeys: ['name', 'rttMs', 'totalMbit'] },
)

/** Senders that never run dry. */
function openGreedy(link: Link, count: number): Sender[] {
  return Array.from({ length: count }, () => {
    const { up } = link.open()
    up.send(100_000 * MB)
    return up
  })
}

/** Mbit/s of each sender over a while. */
function measure(link: Link, senders: readonly Sender[], ms: number): number[] {
  const before = senders.map(({ delivered }) => delivered)
  link.advance(ms)
  return senders.map(({ delivered }, index) => (delivered - (before[index] ?? 0)) / bytesPerMs(ms))
}

/** @returns how long it takes */
function passUntilIdle(link: Link): number {
  const startedMs = link.nowMs
  while (!link.isIdle) link.advance(1)
  return link.nowMs - startedMs
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)

test('delivers every byte once, on any line', () => {
  fc.assert(
    fc.property(
      anyProfile,
      fc.integer(),
      fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 1, maxLength: 8 }),
      (profile, seed, amounts) => {
        const link = createLink(profile, seed)
        const senders = amounts.map((bytes) => {
          const { up, down } = link.open()
          up.send(bytes)
          down.send(bytes + 1)
          return { up, down }
        })
        for (let tries = 0; !link.isIdle && tries < 1000; tries += 1) link.advance(100)
        expect(senders.map(({ up }) => up.delivered)).toEqual(amounts)
        expect(senders.map(({ down }) => down.delivered)).toEqual(amounts.map((n) => n + 1))
      },
    ),
    { numRuns: 30 },
  )
})

test('carries no more than the line in total and the cap of each connection, on any line', () => {
  fc.assert(
    fc.property(
      anyProfile,
      fc.integer(),
      fc.integer({ min: 1, max: 8 }),
      (profile, seed, count) => {
        const link = createLink(profile, seed)
        const senders = openGreedy(link, count)
        for (let window = 0; window < 10; window += 1) {
          // What loss held back at the far end comes out in one piece: over the whole time it is within the rate.
          link.advance(100)
          const total = sum(senders.map(({ delivered }) => delivered))
          expect(total).toBeLessThanOrEqual(bytesPerMs(profile.totalMbit) * link.nowMs + 1)
          const most = bytesPerMs(profile.connectionMbit ?? profile.totalMbit) * link.nowMs + 1
          for (const { delivered } of senders) expect(delivered).toBeLessThanOrEqual(most)
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('is the same line for the same seed, in whatever pieces time passes', () => {
  const atOnce = createLink(findLink('lossy-50'), 7)
  const inPieces = createLink(findLink('lossy-50'), 7)
  const other = createLink(findLink('lossy-50'), 8)
  const delivered = [atOnce, inPieces, other].map((link) => openGreedy(link, 3))
  atOnce.advance(5000)
  for (let piece = 0; piece < 20_000; piece += 1) inPieces.advance(0.25)
  other.advance(5000)
  const [first, second, third] = delivered.map((senders) => senders.map((s) => s.delivered))
  expect(second).toEqual(first)
  expect(third).not.toEqual(first)
})

test('costs a round trip for the connection and half a one for each way', () => {
  const link = createLink(plain, 1)
  const { up, down } = link.open()
  up.send(500)
  link.advance(74)
  expect(up.delivered).toBe(0)
  link.advance(3)
  expect(up.delivered).toBe(500)
  down.send(500)
  link.advance(24)
  expect(down.delivered).toBe(0)
  link.advance(3)
  expect(down.delivered).toBe(500)
})

test('starts slowly: each round trip brings twice the bytes of the one before', () => {
  const link = createLink({ ...plain, totalMbit: 1000 }, 1)
  const [sender] = openGreedy(link, 1)
  link.advance(60)
  const brought = [50, 50, 50, 50].map((ms) => {
    const before = sender?.delivered ?? 0
    link.advance(ms)
    return ((sender?.delivered ?? 0) - before) / PACKET_BYTES
  })
  expect(brought).toEqual([10, 20, 40, 80])
})

test('shares the line fairly, whoever came first', () => {
  for (const profile of [plain, findLink('gigabit'), findLink('clean-200')]) {
    const link = createLink(profile, 1)
    const early = openGreedy(link, 2)
    link.advance(5000)
    const late = openGreedy(link, 2)
    link.advance(10_000)
    const rates = measure(link, [...early, ...late], 30_000)
    expect(Math.min(...rates) / Math.max(...rates)).toBeGreaterThan(0.8)
  }
})

test('fills a line without loss, by one connection as by six', () => {
  for (const profile of LINK_PROFILES.filter((each) => !('loss' in each) && !('change' in each))) {
    for (const count of [1, 6]) {
      const link = createLink(profile, 1)
      const senders = openGreedy(link, count)
      link.advance(10_000)
      const cap = 'connectionMbit' in profile ? profile.connectionMbit : profile.totalMbit
      const most = Math.min(profile.totalMbit, count * cap)
      expect(sum(measure(link, senders, 20_000)) / most).toBeGreaterThan(0.97)
    }
  }
})

test.each([
  { rttMs: 50, loss: 0.001 },
  { rttMs: 200, loss: 0.001 },
  { rttMs: 100, loss: 0.01 },
])('carries by one connection what the formula of Mathis says: $rttMs ms, loss $loss', (line) => {
  const rates = [1, 2, 3].map((seed) => {
    const link = createLink({ name: 'lossy', totalMbit: 100, ...line }, seed)
    const senders = openGreedy(link, 1)
    link.advance(5000)
    return sum(measure(link, senders, 60_000))
  })
  const expected = (bytesPerMs(1) ** -1 * PACKET_BYTES * Math.sqrt(1.5 / line.loss)) / line.rttMs
  const ratio = sum(rates) / rates.length / expected
  expect(ratio).toBeGreaterThan(0.8)
  expect(ratio).toBeLessThan(1.25)
})

test('starts again more slowly after an idle time, and not after a short one', () => {
  function secondBurstMs(idleMs: number): number {
    const link = createLink({ ...plain, rttMs: 100 }, 1)
    const { up } = link.open()
    up.send(5 * MB)
    passUntilIdle(link)
    link.advance(idleMs)
    up.send(1 * MB)
    return passUntilIdle(link)
  }
  const atOnce = secondBurstMs(0)
  expect(secondBurstMs(150)).toBeLessThan(atOnce + 20)
  expect(secondBurstMs(60_000)).toBeGreaterThan(atOnce + 200)
})

test('changes its rate at its time', () => {
  const link = createLink(findLink('changing'), 1)
  link.advance(10_000)
  const senders = openGreedy(link, 2)
  link.advance(2000)
  expect(sum(measure(link, senders, 1900))).toBeGreaterThan(95)
  link.advance(1000)
  const after = sum(measure(link, senders, 4000))
  expect(after).toBeGreaterThan(19)
  expect(after).toBeLessThan(20.1)
})

test('gives a closed connection’s share to the others', () => {
  const link = createLink(plain, 1)
  const leaving = link.open()
  leaving.up.send(1000 * MB)
  const staying = openGreedy(link, 1)
  link.advance(10_000)
  leaving.close()
  link.advance(5000)
  expect(sum(measure(link, staying, 5000))).toBeGreaterThan(95)
})
