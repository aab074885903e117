import { describe, expect, it } from 'vitest'
import { OssNetworkError } from './errors.js'
import { type Interference, reply } from './testing/memory-oss.js'
import { fileOf, networkError, PART, setUp } from './testing/small-uploader.js'

const HOUR = 3_600_000

/** Answers come a second after their request; without a line there are none. */
function setUpSlow(options = {}) {
  const world = setUp(async () => {
    await new Promise<void>((resolve) => void world.clock.after(1000, resolve))
    if (!world.connection.isOnline()) throw networkError()
    return undefined
  }, options)
  return world
}

/** The server that fails first so many times, each time for another reason. */
function failing(name: string, ...faults: readonly Interference[]): Interference {
  const left = [...faults]
  return (record) => (record.name === name ? left.shift()?.(record) : undefined)
}

const broken: Interference = () => {
  throw networkError()
}
const busy: Interference = () => reply(500, '')

describe('an upload without a line', () => {
  it('waits for the network, attempts nothing, and goes on at once when the line is back', async () => {
    const { uploader, clock, connection, oss } = setUpSlow({ parallel: 2 })
    const task = uploader.upload(fileOf(6 * PART), { key: 'a' })
    await clock.advance(2_500)
    connection.goOffline()
    await clock.advance(1_000)
    expect(task.state).toMatchObject({ status: 'waiting', waitingFor: 'network' })
    const before = oss.requests.length
    await clock.advance(8 * HOUR)
    expect(task.state).toMatchObject({ status: 'waiting', waitingFor: 'network' })
    expect(oss.requests).toHaveLength(before)
    connection.goOnline()
    await clock.settle()
    expect(oss.requests).toHaveLength(before + 2)
    expect(task.state.status).toBe('uploading')
    await clock.advance(10_000)
    expect((await task.done).verified).toBe(true)
  })

  it('loses no try to a line that comes and goes a hundred times', async () => {
    const { uploader, clock, connection } = setUpSlow({ parallel: 2 })
    const task = uploader.upload(fileOf(2 * PART), { key: 'a' })
    for (let time = 0; time < 100; time++) {
      connection.goOffline()
      await clock.advance(2_000)
      connection.goOnline()
      await clock.settle()
    }
    await clock.advance(10_000)
    expect((await task.done).verified).toBe(true)
  })

  it('asks for no credentials either, when it is begun offline', async () => {
    const { uploader, clock, connection, oss } = setUpSlow()
    connection.goOffline()
    const task = uploader.upload(fileOf(PART), { key: 'a' })
    await clock.settle()
    expect(task.state).toMatchObject({ status: 'waiting', waitingFor: 'network' })
    expect(oss.requests).toEqual([])
    connection.goOnline()
    await clock.advance(2_000)
    expect((await task.done).verified).toBe(true)
    expect(oss.requests).toHaveLength(1)
  })

  it('ends after a day, with what to do', async () => {
    const { uploader, clock, connection } = setUpSlow()
    const task = uploader.upload(fileOf(3 * PART), { key: 'a' })
    await clock.advance(1_500)
    connection.goOffline()
    await clock.advance(25 * HOUR)
    await expect(task.done).rejects.toBeInstanceOf(OssNetworkError)
    await expect(task.done).rejects.toThrow('waited a day')
  })

  it('can be paused and cancelled meanwhile, and then does not start by itself', async () => {
    const { uploader, clock, connection, oss } = setUpSlow()
    const task = uploader.upload(fileOf(3 * PART), { key: 'a' })
    await clock.advance(1_500)
    connection.goOffline()
    await clock.advance(1_000)
    task.pause()
    connection.goOnline()
    const before = oss.requests.length
    await clock.advance(10_000)
    expect(task.state.status).toBe('paused')
    expect(oss.requests).toHaveLength(before)
    task.resume()
    await clock.advance(10_000)
    expect((await task.done).verified).toBe(true)
  })

  it('is found out on a server of this very device: that needs no line', async () => {
    const local = { endpoint: 'http://127.0.0.1:9000', addressing: 'path' } as const
    const { uploader, connection, oss } = setUp(({ request }) => {
      expect(new URL(request.url).hostname).toBe('127.0.0.1')
      return undefined
    }, local)
    connection.goOffline()
    await uploader.upload(fileOf(PART), { key: 'a' }).done
    expect(oss.requests).toHaveLength(1)
  })
})

describe('a line that is dead without the device knowing', () => {
  it('may be dead through a tunnel of five minutes', async () => {
    let isDead = false
    const { uploader, clock } = setUp(() => {
      if (isDead) throw networkError()
      return undefined
    })
    isDead = true
    const task = uploader.upload(fileOf(3 * PART), { key: 'a' })
    await clock.advance(300_000)
    expect(task.state).toMatchObject({ status: 'waiting', waitingFor: 'network' })
    isDead = false
    await clock.advance(20_000)
    expect((await task.done).verified).toBe(true)
  })

  it('is tried at once when the device hears of a new one', async () => {
    let isDead = true
    const { uploader, clock, connection } = setUp(() => {
      if (isDead) throw networkError()
      return undefined
    })
    const task = uploader.upload(fileOf(PART), { key: 'a' })
    await clock.advance(60_000)
    isDead = false
    connection.goOnline()
    await clock.settle()
    expect(task.state.status).toBe('succeeded')
  })

  it('has an end', async () => {
    const { uploader, clock } = setUp(broken)
    const task = uploader.upload(fileOf(PART), { key: 'a' })
    await clock.advance(HOUR)
    await expect(task.done).rejects.toMatchObject({ code: 'network' })
  })
})

describe('faults of several kinds at one request', () => {
  it.each([
    ['PUT ?partNumber=1', [broken, broken, broken, ...Array(7).fill(busy)]],
    ['POST ?uploadId', [busy, broken, busy, broken, ...Array(5).fill(busy), broken]],
  ] as const)('of the kind %s have tries of their own', async (name, faults) => {
    const { uploader, clock } = setUp(failing(name, ...faults))
    const task = uploader.upload(fileOf(2 * PART), { key: 'a' })
    await clock.advance(300_000)
    expect((await task.done).verified).toBe(true)
  })

  it('end after eight of the server’s, with its error', async () => {
    const { uploader, clock } = setUp(failing('PUT', broken, broken, ...Array(8).fill(busy)))
    const task = uploader.upload(fileOf(PART), { key: 'a' })
    await clock.advance(300_000)
    await expect(task.done).rejects.toMatchObject({ code: 'server', status: 500 })
  })

  it('are forgotten when the user pauses and goes on', async () => {
    const always = failing('PUT ?partNumber=1', ...Array(12).fill(busy))
    const { uploader, clock } = setUp(always)
    const task = uploader.upload(fileOf(2 * PART), { key: 'a' })
    await clock.advance(11_000)
    expect(task.state).toMatchObject({ status: 'waiting', waitingFor: 'retry' })
    task.pause()
    task.resume()
    await clock.advance(300_000)
    expect((await task.done).verified).toBe(true)
  })

  it.each([
    [429, ''],
    [503, '<Error><Code>SlowDown</Code></Error>'],
  ])('wait as long as a server with %d asks, by seconds or by a date', async (status, body) => {
    const until = (clock: { now: () => number }) => ({
      '7': 7_000,
      [new Date(clock.now() + 60_000).toUTCString()]: 60_000,
    })
    for (const index of [0, 1]) {
      const world = setUp(
        failing('PUT', () =>
          reply(status, body, { 'retry-after': Object.keys(until(world.clock))[index] ?? '' }),
        ),
      )
      const waitMs = [7_000, 60_000][index] ?? 0
      const task = world.uploader.upload(fileOf(PART), { key: 'a' })
      await world.clock.advance(waitMs - 1)
      expect(task.state).toMatchObject({ status: 'waiting', waitingFor: 'retry' })
      await world.clock.advance(2_001)
      expect((await task.done).verified).toBe(true)
    }
  })
})

describe('the next part', () => {
  it('follows the last one without any timer, which a hidden tab would slow down', async () => {
    const { environment, uploader, clock } = setUp()
    const timersNeeded = clock.now()
    const task = uploader.upload(fileOf(20 * PART), { key: 'a' })
    await task.done
    expect(environment.clock.now()).toBe(timersNeeded)
  })
})
