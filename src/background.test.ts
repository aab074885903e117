import { describe, expect, it } from 'vitest'
import type { Background } from './environment.js'
import { createMemoryEnvironment } from './testing/memory-environment.js'
import { fileOf, PART } from './testing/small-uploader.js'
import type { EngineOptions } from './uploader.js'
import type { UploadOptions } from './uploader-options.js'
import { createWholeEngine } from './whole-uploader.js'

const SIZE = 5 * PART + 17
const KEY = { key: 'a.bin' }
const OPTIONS: EngineOptions = {
  region: 'cn-hangzhou',
  bucket: 'bucket',
  partSize: PART,
  multipartThreshold: PART,
}

/** Pages of one browser and the worker that outlives them. While `isHeldUp`, parts from the fourth on hang. */
function setUp() {
  const gate = { isHeldUp: true }
  const world = createMemoryEnvironment(({ name }) => {
    const number = Number(/partNumber=(\d)/.exec(name)?.[1] ?? 0)
    return gate.isHeldUp && number >= 4 ? new Promise<undefined>(() => {}) : undefined
  })
  let rolls = 0

  function engineIn(place: { isBackground: boolean; background?: Background }) {
    const { die, ...tab } = world.tabs.open()
    const random = () => {
      rolls += 0.001
      return rolls % 1
    }
    const engine = createWholeEngine({ ...world.environment, ...tab, random, ...place }, OPTIONS)
    return { ...engine, die }
  }

  const worker = engineIn({ isBackground: true })
  /** How long what a page says takes to reach the worker. */
  const mail: (() => void)[] = []
  const background: Background = {
    enlist({ file, name, options, mustResume }) {
      if (!file) return () => {}
      const withdrawal = new AbortController()
      mail.push(() => {
        const { size } = file
        const { signal } = withdrawal
        const given = options as UploadOptions
        worker.start({ file, size, name, options: given, mustResume, withdrawal: signal })
      })
      return () => void mail.push(() => withdrawal.abort())
    },
  }

  return {
    ...world,
    gate,
    worker: worker.uploader,
    openPage: () => engineIn({ isBackground: false, background }),
    /** Delivers what pages have said, in its order and without a pause. */
    deliver() {
      for (const say of mail.splice(0)) say()
    },
    count: (name: string) => world.oss.requests.filter((request) => request.name === name).length,
  }
}

describe('an upload whose worker is in line', () => {
  it('goes on when the page is gone, with the parts OSS does not have', async () => {
    const world = setUp()
    const page = world.openPage()
    page.uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(500)
    world.deliver()
    await world.clock.advance(1000)
    expect(world.worker.tasks[0]?.state).toMatchObject({ status: 'uploading', loaded: 3 * PART })
    world.gate.isHeldUp = false
    world.oss.requests.length = 0
    page.die()
    await world.clock.advance(5000)
    expect(world.worker.tasks).toEqual([])
    expect(world.oss.requests.filter(({ name }) => name.startsWith('PUT'))).toHaveLength(3)
    expect(world.oss.objects.has('a.bin')).toBe(true)
  })

  it('stays paused when the page is gone that paused it', async () => {
    const world = setUp()
    const page = world.openPage()
    const task = page.uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(500)
    world.deliver()
    await world.clock.advance(500)
    task.pause()
    await world.clock.advance(500)
    page.die()
    await world.clock.advance(500)
    expect(world.worker.tasks[0]?.state).toMatchObject({ status: 'paused', runsIn: 'here' })
  })

  it.each([
    ['small', 100],
    ['large', SIZE],
  ])(
    'is not made again when a %s file is done before the worker hears of it',
    async (_what, size) => {
      const world = setUp()
      world.gate.isHeldUp = false
      const page = world.openPage()
      await page.uploader.upload(fileOf(size), KEY).done
      await world.clock.advance(2000)
      page.die()
      world.oss.requests.length = 0
      world.deliver()
      await world.clock.advance(2000)
      expect(world.worker.tasks).toEqual([])
      expect(world.oss.requests).toEqual([])
      expect(world.checkpoints.saved.size).toBe(0)
    },
  )

  it('leaves the line without keeping the page from letting go', async () => {
    const world = setUp()
    const page = world.openPage()
    const first = page.uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(500)
    world.deliver()
    await world.clock.advance(500)
    const cancelled = first.cancel()
    // Before the worker has heard the end on the upload's own channel.
    world.deliver()
    await cancelled
    await world.clock.settle()
    world.gate.isHeldUp = false
    const second = page.uploader.upload(fileOf(SIZE), KEY)
    await world.clock.settle()
    expect(second.state.runsIn).toBe('here')
    expect(await second.done).toMatchObject({ verified: true })
  })

  it('is no longer taken back once the worker holds it', async () => {
    const world = setUp()
    const page = world.openPage()
    page.uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(500)
    world.deliver()
    await world.clock.advance(500)
    page.die()
    await world.clock.advance(500)
    // A second page, with the same file: its task is refused, and so is what it enlisted.
    const other = world.openPage()
    const different = other.uploader.upload(fileOf(SIZE - 1), KEY)
    await world.clock.advance(500)
    await expect(different.done).rejects.toMatchObject({ code: 'different-file' })
    world.deliver()
    await world.clock.advance(500)
    expect(world.worker.tasks[0]?.state).toMatchObject({ status: 'uploading', runsIn: 'here' })
  })
})
