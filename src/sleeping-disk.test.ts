import { describe, expect, it } from 'vitest'
import type { Hasher } from './environment.js'
import type { UploadTask } from './task/upload-task.js'
import { createMemoryEnvironment } from './testing/memory-environment.js'
import { fileOf, PART } from './testing/small-uploader.js'
import type { EngineOptions } from './uploader.js'
import { createUploaderIn } from './whole-uploader.js'

const SIZE = 5 * PART + 17
const KEY = { key: 'a.bin' }
/** Of a window that tells a file from another. */
const WINDOW = 64 * 1024

/** A browser whose disk sleeps: of the windows none is read before it wakes, and nobody is heard who does not want them any more. */
function setUp() {
  const gate = { hangsFrom: 99 }
  const world = createMemoryEnvironment(({ name }) => {
    const number = Number(/partNumber=(\d)/.exec(name)?.[1] ?? 0)
    return number >= gate.hangsFrom ? new Promise<undefined>(() => {}) : undefined
  })
  const { hasher } = world.environment
  let wake = () => {}
  let waking = Promise.resolve()
  const crc64: Hasher['crc64'] = async (slice, signal) => {
    if (slice.size === WINDOW) await waking
    return hasher.crc64(slice, signal)
  }
  return {
    ...world,
    gate,
    names: () => world.oss.requests.map(({ name }) => name),
    fallAsleep() {
      waking = new Promise((resolve) => {
        wake = resolve
      })
    },
    wake: () => wake(),
    open(options: Partial<EngineOptions> = {}) {
      const tab = world.tabs.open()
      const environment = { ...world.environment, ...tab, hasher: { ...hasher, crc64 } }
      const bucket = { region: 'cn-hangzhou', bucket: 'bucket' }
      const sizes = { partSize: PART, multipartThreshold: PART }
      return {
        uploader: createUploaderIn(environment, { ...bucket, ...sizes, ...options }),
        ...tab,
      }
    },
  }
}

/** An earlier page has died with three parts on OSS. */
async function setUpHalfWay() {
  const world = setUp()
  world.gate.hangsFrom = 4
  const first = world.open()
  first.uploader.upload(fileOf(SIZE), KEY)
  await world.clock.advance(1000)
  first.die()
  world.gate.hangsFrom = 99
  world.oss.requests.length = 0
  world.fallAsleep()
  return world
}

/** Without any time's going by. */
async function isCancelledAtOnce({ clock }: ReturnType<typeof setUp>, task: UploadTask) {
  let isOver = false
  void task.cancel().then(() => {
    isOver = true
  })
  await clock.settle()
  return isOver
}

describe('a new upload from a disk that sleeps', () => {
  it('waits half a minute to be on record, and goes on without', async () => {
    const world = setUp()
    world.fallAsleep()
    const task = world.open().uploader.upload(fileOf(SIZE), KEY)
    const kept: boolean[] = []
    task.subscribe((state) => kept.push(state.canResumeAfterReload))
    await world.clock.advance(29_000)
    expect(world.names()).toEqual(['POST ?uploads'])
    await world.clock.advance(2_000)
    expect(task.state.status).toBe('succeeded')
    expect(await task.done).toMatchObject({ verified: true })
    expect(kept).not.toContain(true)
    expect(world.checkpoints.saved.size).toBe(0)
  })

  it('is on record when it wakes in time, also where it was paused meanwhile', async () => {
    for (const isPaused of [false, true]) {
      const world = setUp()
      world.gate.hangsFrom = 4
      world.fallAsleep()
      const task = world.open().uploader.upload(fileOf(SIZE), KEY)
      await world.clock.advance(1000)
      if (isPaused) task.pause()
      await world.clock.advance(20_000)
      world.wake()
      await world.clock.advance(1000)
      expect(task.state).toMatchObject({ canResumeAfterReload: true })
      expect(task.state.status).toBe(isPaused ? 'paused' : 'uploading')
    }
  })

  it('is cancelled at once, leaves nothing on OSS, and the way free for the next', async () => {
    const world = setUp()
    world.fallAsleep()
    const { uploader } = world.open()
    const task = uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    expect(task.state.status).toBe('uploading')
    expect(await isCancelledAtOnce(world, task)).toBe(true)
    expect(world.oss.uploads.size).toBe(0)
    world.wake()
    expect(await world.open().uploader.upload(fileOf(SIZE), KEY).done).toMatchObject({
      verified: true,
    })
    await world.clock.settle()
    expect(world.checkpoints.saved.size).toBe(0)
  })
})

it('lets an empty file go, which is read before it is believed', async () => {
  const world = setUp()
  const file = Object.assign(new Blob([]), { arrayBuffer: () => new Promise<never>(() => {}) })
  const task = world.open().uploader.upload(file, KEY)
  await world.clock.advance(1000)
  expect(await isCancelledAtOnce(world, task)).toBe(true)
  expect(world.names()).toEqual([])
})

describe('an upload of an earlier visit, of a file whose disk sleeps', () => {
  it('waits as for a line, and goes on with its parts when the disk wakes', async () => {
    const world = await setUpHalfWay()
    const task = world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(30_000)
    expect(task.state).toMatchObject({ status: 'waiting', waitingFor: 'network' })
    world.wake()
    await world.clock.advance(60_000)
    expect(await task.done).toMatchObject({ verified: true })
    expect(world.names()).not.toContain('POST ?uploads')
  })

  it('ends where the disk never does, and what it has is kept', async () => {
    const world = await setUpHalfWay()
    const task = world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(2 * 3_600_000)
    await expect(task.done).rejects.toMatchObject({ name: 'OssTimeoutError', code: 'timeout' })
    expect(world.oss.uploads.size).toBe(1)
    expect(world.checkpoints.saved.size).toBe(1)
  })

  it('is left at once by who does not want it now, and others may', async () => {
    const world = await setUpHalfWay()
    const task = world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    expect(await isCancelledAtOnce(world, task)).toBe(true)
    world.wake()
    expect(await world.open().uploader.upload(fileOf(SIZE), KEY).done).toMatchObject({
      verified: true,
    })
  })
})

describe('an upload begun elsewhere, of a file whose disk sleeps', () => {
  it('is left at once by who does not want it now, and no record comes later', async () => {
    const world = await setUpHalfWay()
    world.checkpoints.saved.clear()
    const task = world.open({ discover: true }).uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    expect(world.names()).toContain('GET ?uploadId')
    expect(await isCancelledAtOnce(world, task)).toBe(true)
    world.wake()
    await world.clock.advance(60_000)
    expect(world.checkpoints.saved.size).toBe(0)
    expect(world.oss.uploads.size).toBe(1)
  })
})

describe('a second tab whose disk sleeps', () => {
  it('takes that for no other file, and shows the upload when the disk wakes', async () => {
    const world = setUp()
    world.gate.hangsFrom = 4
    world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    world.fallAsleep()
    const second = world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(100_000)
    expect(second.state).toMatchObject({ status: 'waiting', waitingFor: 'lock' })
    world.wake()
    await world.clock.advance(31_000)
    expect(second.state).toMatchObject({
      status: 'uploading',
      runsIn: 'other-tab',
      loaded: 3 * PART,
    })
  })
})
