import { expect, it } from 'vitest'
import { OssNetworkError } from './errors.js'
import { createMultipart } from './multipart.js'
import { createMemoryEnvironment } from './testing/memory-environment.js'
import { fileOf, PART } from './testing/small-uploader.js'
import { createEngine, type LoadMultipart } from './uploader.js'

const KEY = { key: 'a' }
const MINUTE = 60_000

/** An uploader whose code for uploads by parts comes when `arrives` says so. */
function setUp(arrives: (time: number) => Promise<unknown>) {
  const world = createMemoryEnvironment()
  let times = 0
  const load: LoadMultipart = async (_environment, client) => {
    await arrives(++times)
    return createMultipart(world.environment, client)
  }
  const { uploader } = createEngine(
    world.environment,
    { region: 'cn-hangzhou', bucket: 'bucket', partSize: PART, multipartThreshold: PART },
    load,
  )
  return { ...world, uploader, times: () => times }
}

async function fail(): Promise<never> {
  throw new OssNetworkError('A file did not come.', { code: 'network', retryable: true })
}

it('loads nothing for files that go by one request', async () => {
  const { uploader, times } = setUp(fail)
  expect((await uploader.upload(fileOf(PART), KEY).done).verified).toBe(true)
  expect(times()).toBe(0)
})

it('waits for the network while it does not come, asks nothing of OSS, and goes on once it is there', async () => {
  const { uploader, clock, oss, times } = setUp(async (time) => time <= 3 && fail())
  const task = uploader.upload(fileOf(3 * PART), KEY)
  await clock.settle()
  expect(task.state).toMatchObject({ status: 'waiting', waitingFor: 'network' })
  expect(oss.requests).toEqual([])
  await clock.advance(MINUTE)
  expect((await task.done).verified).toBe(true)
  expect(times()).toBe(4)
  await uploader.upload(fileOf(2 * PART), { key: 'b' }).done
  expect(times()).toBe(4)
})

it('is asked for again as soon as the line is back', async () => {
  const world = setUp(async () => !world.connection.isOnline() && fail())
  world.connection.goOffline()
  const task = world.uploader.upload(fileOf(2 * PART), KEY)
  await world.clock.advance(60 * MINUTE)
  expect(task.state).toMatchObject({ status: 'waiting', waitingFor: 'network' })
  world.connection.goOnline()
  expect((await task.done).verified).toBe(true)
})

it('fails the upload where it never comes, and no other', async () => {
  const { uploader, clock } = setUp(fail)
  const task = uploader.upload(fileOf(2 * PART), KEY)
  await clock.advance(60 * MINUTE)
  await expect(task.done).rejects.toThrow('A file did not come.')
  expect(uploader.tasks).toEqual([])
  expect((await uploader.upload(fileOf(PART), KEY).done).verified).toBe(true)
})

it('takes no lock for an upload that was cancelled before it came', async () => {
  let arrive = (_value: unknown) => {}
  const file = new Promise((resolve) => {
    arrive = resolve
  })
  const { uploader, clock, environment, oss } = setUp(() => file)
  const task = uploader.upload(fileOf(2 * PART), KEY)
  await clock.settle()
  await task.cancel()
  expect(task.state.status).toBe('cancelled')
  arrive(undefined)
  await clock.settle()
  expect(await environment.locks.isHeld(`oss-direct-upload:${ID}`)).toBe(false)
  expect(oss.requests).toEqual([])
})

it('keeps a pause that came before it', async () => {
  const { uploader, clock, oss } = setUp(async (time) => time === 1 && fail())
  const task = uploader.upload(fileOf(2 * PART), KEY)
  task.pause()
  await clock.advance(MINUTE)
  expect(task.state.status).toBe('paused')
  expect(oss.requests).toEqual([])
  task.resume()
  expect((await task.done).verified).toBe(true)
})

it('may be loaded while credentials are asked for: they are asked for once', async () => {
  const asked: string[] = []
  const { environment } = createMemoryEnvironment()
  const { uploader } = createEngine(
    {
      ...environment,
      credentials: (request) => {
        asked.push('credentials')
        return environment.credentials(request)
      },
    },
    { region: 'cn-hangzhou', bucket: 'bucket', partSize: PART },
    async (_environment, client, what) => {
      if (what === 'upload') client.getReady()
      await new Promise((resolve) => void setTimeout(resolve))
      asked.push('loaded')
      return createMultipart(environment, client)
    },
  )
  await uploader.upload(fileOf(2 * PART), KEY).done
  expect(asked).toEqual(['credentials', 'loaded'])
})

it('is what resumable() and cleanup() need: they say that it did not come, and may be called again', async () => {
  const { uploader } = setUp(async (time) => time <= 2 && fail())
  await expect(uploader.resumable()).rejects.toMatchObject({ code: 'network', retryable: true })
  await expect(uploader.cleanup()).rejects.toMatchObject({ code: 'network', retryable: true })
  expect(await uploader.resumable()).toEqual([])
})

const ID = 'https://oss-cn-hangzhou.aliyuncs.com/bucket/a'
