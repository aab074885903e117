import { describe, expect, it } from 'vitest'
import type { Clock, Hasher } from './environment.js'
import { unreadableFile } from './errors.js'
import { orAborted } from './or-aborted.js'
import { createMemoryEnvironment } from './testing/memory-environment.js'
import { networkError, PART } from './testing/small-uploader.js'
import { createUploaderIn } from './whole-uploader.js'

const SIZE = 12 * PART + 17
const KEY = { key: 'a.bin' }
const OPTIONS = {
  region: 'cn-hangzhou',
  bucket: 'bucket',
  partSize: PART,
  multipartThreshold: PART,
}
/** Of part 3, where no sample looks; of part 1 and 2 one each is proven by chance (0.5). */
const UNSEEN = [2 * PART + 99_000, 3 * PART + 99_000]

function fileOf(lastModified: number, ...changes: readonly number[]): File {
  const bytes = Uint8Array.from({ length: SIZE }, (_, i) => (i * 31) % 251)
  for (const change of changes) bytes[change] = 255
  return new File([bytes], 'a.bin', { lastModified })
}

/** Ten of thirteen parts are up when the page dies; the next one's `hasher` may be another. */
async function dieLate(
  hasherOf = (hasher: Hasher, _clock: Clock) => hasher,
  verify: 'crc64' | 'none' = 'crc64',
) {
  const gate = { isShut: true }
  const world = createMemoryEnvironment(({ name }) => {
    const number = Number(/partNumber=(\d+)/.exec(name)?.[1] ?? 0)
    return gate.isShut && number > 10 ? new Promise<undefined>(() => {}) : undefined
  })
  const tab = world.tabs.open()
  createUploaderIn({ ...world.environment, ...tab }, { ...OPTIONS, verify }).upload(fileOf(1), KEY)
  await world.clock.advance(1000)
  tab.die()
  gate.isShut = false
  world.oss.requests.length = 0
  const hasher = hasherOf(world.environment.hasher, world.clock)
  const environment = { ...world.environment, ...world.tabs.open(), hasher }
  const uploader = createUploaderIn(environment, OPTIONS)
  return { ...world, uploader, names: () => world.oss.requests.map(({ name }) => name) }
}

describe('a file edited where neither samples nor chance look', () => {
  it('is refused before the object is made, though parts were sent', async () => {
    const world = await dieLate()
    const [saved] = await world.uploader.resumable()
    const task = await saved?.resume(fileOf(2, ...UNSEEN))
    await expect(task?.done).rejects.toMatchObject({ code: 'different-file' })
    expect(world.names()).not.toContain('POST ?uploadId')
    expect(world.oss.objects.size).toBe(0)
    expect(await world.uploader.resumable()).toHaveLength(1)
  })

  it('is uploaded from the start when it is no resume', async () => {
    const world = await dieLate()
    const file = fileOf(2, ...UNSEEN)
    expect(await world.uploader.upload(file, KEY).done).toMatchObject({ verified: true })
    await world.clock.settle()
    const stored = world.oss.objects.get('a.bin')?.bytes ?? []
    expect(Buffer.from(await file.arrayBuffer()).equals(Buffer.from(stored))).toBe(true)
    expect(world.oss.uploads.size).toBe(0)
    expect(world.checkpoints.saved.size).toBe(0)
  })

  it('is found out after a pause as well', async () => {
    const world = await dieLate()
    const [saved] = await world.uploader.resumable()
    const task = await saved?.resume(fileOf(2, ...UNSEEN))
    task?.subscribe(({ status, loaded }) => {
      if (status === 'uploading' && loaded === 10 * PART) {
        task.pause()
        task.resume()
      }
    })
    await expect(task?.done).rejects.toMatchObject({ code: 'different-file' })
    expect(world.oss.objects.size).toBe(0)
  })
})

describe('a file whose date was rewritten, and nothing else', () => {
  it('goes on', async () => {
    const world = await dieLate()
    const [saved] = await world.uploader.resumable()
    const task = await saved?.resume(fileOf(2))
    expect(await task?.done).toMatchObject({ verified: true })
    expect(world.names().filter((name) => name.startsWith('PUT'))).toHaveLength(3)
  })
})

/** A disk so slow that parts of an earlier visit are still being read when all others are sent. */
function slowHasher(sizes: number[] = []) {
  return (hasher: Hasher, clock: Clock): Hasher => ({
    ...hasher,
    async crc64(slice, signal) {
      sizes.push(slice.size)
      await orAborted(new Promise<void>((resolve) => void clock.after(1000, resolve)), signal)
      return hasher.crc64(slice, signal)
    },
  })
}

describe('parts of an earlier visit', () => {
  it('are found where the file could not be read for a moment', async () => {
    let asked = 0
    const world = await dieLate((hasher) => ({
      ...hasher,
      async crc64(slice, signal) {
        if (++asked === 1) throw unreadableFile('NotReadableError')
        return hasher.crc64(slice, signal)
      },
    }))
    const task = world.uploader.upload(fileOf(1), KEY)
    await world.clock.advance(60_000)
    expect(task.state.status).toBe('succeeded')
    expect(world.names().filter((name) => name.startsWith('PUT'))).toHaveLength(3)
  })

  it('are each read once, though the last ones are while all others are sent', async () => {
    const sizes: number[] = []
    const world = await dieLate(slowHasher(sizes))
    const task = world.uploader.upload(fileOf(1), KEY)
    await world.clock.advance(60_000)
    expect((await task.done).verified).toBe(true)
    // Two that are sent, and ten that are compared.
    expect(sizes.filter((size) => size === PART)).toHaveLength(2 + 10)
  })

  it.each([
    ['a worker to compare them is missing', networkError()],
    ['the file cannot be read', unreadableFile('NotReadableError')],
  ])('fail no upload where %s for a moment', async (_what, failure) => {
    let asked = 0
    const world = await dieLate(
      (hasher, clock) => ({
        // The others are still being sent.
        ...slowHasher()(hasher, clock),
        async md5(slice, signal) {
          // Two are compared before parts are sent.
          if (++asked === 4) throw failure
          return hasher.md5(slice, signal)
        },
      }),
      'none',
    )
    const task = world.uploader.upload(fileOf(1), KEY)
    await world.clock.advance(60_000)
    expect((await task.done).size).toBe(SIZE)
    expect(asked).toBe(2 + 10 + 1)
  })

  it('are not read to the end, nor joined, where the user cancels meanwhile', async () => {
    const world = await dieLate(slowHasher())
    const task = world.uploader.upload(fileOf(1), KEY)
    await world.clock.advance(5000)
    expect(task.state.status).toBe('completing')
    const cancelled = task.cancel()
    await world.clock.settle()
    expect(task.state.status).toBe('cancelled')
    await cancelled
    expect(world.names()).not.toContain('POST ?uploadId')
    expect(world.oss.uploads.size).toBe(0)
  })
})

describe('the record', () => {
  it('is written before the first part is sent', async () => {
    const world = createMemoryEnvironment()
    const order: string[] = []
    const { store } = world.checkpoints
    const checkpoints = {
      ...store,
      save: async (id: string, record: unknown) => {
        await new Promise((resolve) => setImmediate(resolve))
        order.push(...world.oss.requests.map(({ name }) => name), 'saved')
        return store.save(id, record)
      },
    }
    const uploader = createUploaderIn({ ...world.environment, checkpoints }, OPTIONS)
    await uploader.upload(fileOf(1), KEY).done
    expect(order).toEqual(['POST ?uploads', 'saved'])
  })

  it('holds nothing up for ever where the store does not answer', async () => {
    const world = createMemoryEnvironment()
    const never = () => new Promise<never>(() => {})
    const checkpoints = { ...world.checkpoints.store, load: never, save: never, remove: never }
    const uploader = createUploaderIn({ ...world.environment, checkpoints }, OPTIONS)
    const task = uploader.upload(fileOf(1), KEY)
    await world.clock.advance(30_000)
    expect(task.state).toMatchObject({ status: 'succeeded', canResumeAfterReload: false })
    await task.cancel()
  })
})
