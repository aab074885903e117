import { describe, expect, it, vi } from 'vitest'
import { createMemoryEnvironment } from './testing/memory-environment.js'
import type { Interference } from './testing/memory-oss.js'
import { fileOf, networkError, PART } from './testing/small-uploader.js'
import { createUploaderIn } from './whole-uploader.js'

const SIZE = 5 * PART + 17
const KEY = { key: 'a.bin' }
const OPTIONS = {
  region: 'cn-hangzhou',
  bucket: 'bucket',
  partSize: PART,
  multipartThreshold: PART,
}

/** A page died half-way; two others have listed what it left. Parts from `hangsFrom` on hang. */
async function setUp(interfere: Interference = () => undefined) {
  const gate = { hangsFrom: 4 }
  const world = createMemoryEnvironment((record) => {
    const number = Number(/partNumber=(\d)/.exec(record.name)?.[1] ?? 0)
    if (number >= gate.hangsFrom) return new Promise<undefined>(() => {})
    return interfere(record)
  })
  let rolls = 0
  const open = () => {
    const tab = world.tabs.open()
    const random = () => {
      rolls += 0.001
      return rolls % 1
    }
    const uploader = createUploaderIn({ ...world.environment, ...tab, random }, OPTIONS)
    return { uploader, die: tab.die }
  }
  const first = open()
  first.uploader.upload(fileOf(SIZE), KEY)
  await world.clock.advance(1000)
  first.die()
  const pages = [open(), open()] as const
  const rows = await Promise.all(pages.map(({ uploader }) => uploader.resumable()))
  const [one, two] = rows.map(([row]) => row)
  if (!one || !two) throw new Error('Nothing is listed.')
  world.oss.requests.length = 0
  return {
    ...world,
    gate,
    open,
    pages,
    one,
    two,
    names: () => world.oss.requests.map(({ name }) => name),
  }
}

const other = () => new Blob([new Uint8Array(SIZE)])

describe('a row whose upload has been finished by another tab', () => {
  async function finishElsewhere() {
    const world = await setUp()
    world.gate.hangsFrom = 99
    await (await world.one.resume(fileOf(SIZE))).done
    await world.clock.settle()
    world.oss.requests.length = 0
    return world
  }

  it('finds it done with the same file, and sends nothing', async () => {
    const world = await finishElsewhere()
    expect(await (await world.two.resume(fileOf(SIZE))).done).toMatchObject({ verified: true })
    expect(world.names().filter((name) => name.startsWith('P'))).toEqual([])
  })

  it.each([
    ['has other bytes', other()],
    ['is shorter', fileOf(SIZE - 1)],
  ])('refuses a file that %s, and leaves the object alone', async (how, file) => {
    const world = await finishElsewhere()
    const task = await world.two.resume(file)
    await expect(task.done).rejects.toMatchObject({ code: 'different-file' })
    await expect(task.done).rejects.toThrow(how)
    expect(world.names().filter((name) => name.startsWith('P'))).toEqual([])
  })
})

describe('a row whose upload another tab has taken up', () => {
  it('does not discard it', async () => {
    const world = await setUp()
    const task = await world.one.resume(fileOf(SIZE))
    await world.clock.advance(1000)
    const discarding = world.two.discard()
    const outcome = expect(discarding).rejects.toMatchObject({ code: 'storage' })
    await world.clock.advance(6000)
    await outcome
    expect(task.state.status).toBe('uploading')
    expect(world.oss.uploads.size).toBe(1)
  })

  it('does not discard what was begun anew in its place', async () => {
    const world = await setUp()
    await world.one.discard()
    world.pages[0].uploader.upload(other(), KEY)
    await world.clock.advance(1000)
    const outcome = expect(world.two.discard()).rejects.toMatchObject({ code: 'storage' })
    await world.clock.advance(6000)
    await outcome
    world.pages[0].die()
    await world.two.discard()
    expect(world.oss.uploads.size).toBe(1)
    expect(world.checkpoints.saved.size).toBe(1)
  })
})

describe('discarding', () => {
  it('keeps the row while OSS cannot be reached', async () => {
    const world = await setUp(({ name }) => {
      if (name === 'DELETE ?uploadId') throw networkError()
      return undefined
    })
    const outcome = expect(world.one.discard()).rejects.toMatchObject({ code: 'network' })
    await world.clock.advance(60_000)
    await outcome
    expect(world.checkpoints.saved.size).toBe(1)
  })

  it('is what cancelling means before the upload has been taken up', async () => {
    const world = await setUp()
    const task = await world.one.resume(fileOf(SIZE))
    const cancelled = task.cancel()
    await world.clock.advance(1000)
    await cancelled
    expect(task.state.status).toBe('cancelled')
    expect(world.oss.uploads.size).toBe(0)
    expect(world.checkpoints.saved.size).toBe(0)
  })
})

describe('a tab whose turn came without the file', () => {
  it('lets the one go first that has it, and shows how it goes', async () => {
    const world = await setUp()
    const holder = world.open()
    holder.uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    const listing = world.open().uploader.resumable()
    await world.clock.advance(1000)
    const mirror = await (await listing)[0]?.resume()
    await world.clock.advance(1000)
    holder.die()
    await world.clock.advance(1000)
    expect(mirror?.state).toMatchObject({ status: 'waiting', waitingFor: 'file' })
    const task = world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    expect(task.state).toMatchObject({ status: 'uploading', runsIn: 'here' })
    expect(mirror?.state).toMatchObject({ status: 'uploading', runsIn: 'other-tab' })
  })
})

describe('the buttons of a tab with another file', () => {
  it('are not those of the upload it is compared with', async () => {
    const world = await setUp()
    const running = world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    const rival = world.open().uploader.upload(other(), KEY)
    rival.subscribe(({ status }) => {
      if (status === 'waiting') void rival.cancel()
    })
    await world.clock.advance(10_000)
    expect(rival.state.status).not.toBe('uploading')
    expect(running.state.status).toBe('uploading')
  })
})

describe('the site’s data, cleared by the user while parts go up', () => {
  it('is said to be gone', async () => {
    const world = await setUp()
    const task = await world.one.resume(fileOf(SIZE))
    await world.clock.advance(1000)
    expect(task.state.canResumeAfterReload).toBe(true)
    world.checkpoints.saved.clear()
    world.gate.hangsFrom = 6
    task.pause()
    task.resume()
    await world.clock.advance(1000)
    expect(task.state).toMatchObject({ status: 'uploading', canResumeAfterReload: false })
  })
})

describe('a row whose record cannot be read for a moment', () => {
  it('goes on with what OSS lists, and leaves the parts on record', async () => {
    const world = await setUp()
    const { store, saved } = world.checkpoints
    const load = vi.fn(store.load).mockRejectedValueOnce(new Error('busy'))
    Object.assign(world.environment, { checkpoints: { ...store, load } })
    const [row] = await world.open().uploader.resumable()
    await row?.resume(fileOf(SIZE))
    await world.clock.advance(1000)
    expect(load).toHaveBeenCalledOnce()
    const batches = [...(saved.values().next().value?.batches.values() ?? [])]
    expect(batches.flat()).toHaveLength(3)
    expect(world.names().filter((name) => name.startsWith('POST'))).toEqual([])
  })
})
