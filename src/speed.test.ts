import { expect, it } from 'vitest'
import type { TransportRequest } from './environment.js'
import { createMemoryEnvironment } from './testing/memory-environment.js'
import { fileOf, networkError, PART, setUp } from './testing/small-uploader.js'
import { createUploaderIn } from './whole-uploader.js'

it('a file that has waited is cut by what those before it have shown of the line', async () => {
  const { environment, oss, clock } = createMemoryEnvironment(
    async ({ request: { body, onProgress } }) => {
      const size = body instanceof Blob ? body.size : 0
      for (let sent = 0; sent < size; ) {
        await new Promise<void>((resolve) => clock.after(100, resolve))
        sent = Math.min(size, sent + 20 * 1024)
        onProgress?.(sent)
      }
      return undefined
    },
  )
  const uploader = createUploaderIn(environment, { region: 'cn-hangzhou', bucket: 'bucket' })
  const file = new Blob([new Uint8Array(14 * 1024 ** 2)])
  // Six begin together.
  const keys = ['1', '2', '3', '4', '5', '6', '7']
  const tasks = keys.map((key) => uploader.upload(file, { key }))
  await clock.advance(120_000)
  await Promise.all(tasks.map(({ done }) => done))
  const parts = keys.map((key) => oss.objects.get(key)?.parts)
  expect(parts).toEqual([12, 12, 12, 12, 12, 12, 24])
})

it('small files go in one part each where six others have use for the connections', async () => {
  const partsOf = async (count: number) => {
    const { environment, oss, clock } = createMemoryEnvironment()
    const uploader = createUploaderIn(environment, { region: 'cn-hangzhou', bucket: 'bucket' })
    const file = new Blob([new Uint8Array(5 * 1024 ** 2)])
    const tasks = Array.from({ length: count }, (_, key) =>
      uploader.upload(file, { key: `${key}` }),
    )
    await clock.advance(1000)
    await Promise.all(tasks.map(({ done }) => done))
    return oss.objects.get('0')?.parts
  }
  expect([await partsOf(6), await partsOf(7)]).toEqual([6, 1])
})

/** Uploads over a line that carries each request's body at so many bytes a second, 0: it is dead. */
function uploadAt(bytesPerSecond: number, connections: number) {
  const line = { bytesPerSecond, isSilent: false }
  const world = setUp(
    ({ request, name }) => (name.startsWith('PUT') ? carry(request) : undefined),
    {
      parallel: connections,
    },
  )

  async function carry({ body, signal, onProgress }: TransportRequest): Promise<undefined> {
    const size = body instanceof Blob ? body.size : 0
    for (let sent = 0; sent < size && !signal.aborted; ) {
      await new Promise<void>((resolve) => world.clock.after(100, resolve))
      if (line.isSilent) await new Promise(() => {})
      if (line.bytesPerSecond === 0) throw networkError()
      sent = Math.min(size, sent + line.bytesPerSecond / 10)
      onProgress?.(sent)
    }
    return undefined
  }
  const task = world.uploader.upload(fileOf(40 * PART), { key: 'a' })
  task.done.catch(() => {})
  return { ...world, line, task }
}

it('after a pause an upload is as fast as its line, though it sends parts of which it had sent a share', async () => {
  const { task, clock } = uploadAt(PART / 10, 6)
  await clock.advance(19_000)
  task.pause()
  await clock.advance(2_000)
  expect(task.state).toMatchObject({ status: 'paused', bytesPerSecond: 0, secondsLeft: undefined })
  task.resume()
  await clock.advance(3_000)
  const { bytesPerSecond, secondsLeft = 0 } = task.state
  expect(bytesPerSecond / (0.6 * PART)).toBeCloseTo(1, 1)
  // Six parts are there, and three seconds of the next six.
  expect(secondsLeft).toBeCloseTo((34 - 1.8) / 0.6, -1)
  await task.cancel()
})

it('while it waits for the network nothing moves, and nobody is told when it will be done', async () => {
  const { task, clock, line, connection } = uploadAt(PART / 2, 2)
  await clock.advance(10_000)
  expect(task.state.bytesPerSecond).toBeGreaterThan(0)
  line.bytesPerSecond = 0
  connection.goOffline()
  await clock.advance(300)
  const still = { status: 'waiting', waitingFor: 'network', bytesPerSecond: 0 }
  expect(task.state).toMatchObject({ ...still, secondsLeft: undefined })
})

it('what has not moved for five seconds stands still', async () => {
  const { task, clock, line } = uploadAt(PART / 2, 2)
  const speeds: number[] = []
  task.subscribe(({ bytesPerSecond }) => speeds.push(bytesPerSecond))
  await clock.advance(10_000)
  line.isSilent = true
  await clock.advance(6_000)
  expect(task.state).toMatchObject({ status: 'uploading', bytesPerSecond: 0 })
  expect(speeds.at(-1)).toBe(0)
  await task.cancel()
})

it('listeners hear of parts no more often than twenty times a second', async () => {
  const { uploader, clock } = setUp(
    async ({ name }) => {
      if (name.startsWith('PUT')) await new Promise<void>((resolve) => clock.after(5, resolve))
      return undefined
    },
    { parallel: 6 },
  )
  const task = uploader.upload(fileOf(200 * PART), { key: 'a' })
  const told: number[] = []
  task.subscribe(({ status }) => {
    if (status === 'uploading') told.push(clock.now())
  })
  for (let i = 0; i < 800; i++) await clock.advance(1)
  expect((await task.done).verified).toBe(true)
  const gaps = told.slice(2).map((at, index) => at - Number(told[index + 1]))
  expect(told.length).toBeGreaterThan(3)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50)
})
