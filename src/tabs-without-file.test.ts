import { describe, expect, it } from 'vitest'
import type { Hasher } from './environment.js'
import { unreadableFile } from './errors.js'
import { SIZE, setUpTabs, type Tabs } from './testing/open-tabs.js'
import { fileOf, PART } from './testing/small-uploader.js'

const KEY = { key: 'a.bin' }

describe('a page that opens while another tab uploads', () => {
  /** The page shows what another tab uploads, until that is gone; the file is not at hand. */
  async function loseHolder(world: Tabs) {
    const first = world.open()
    first.uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    const listing = world.open().uploader.resumable()
    await world.clock.advance(1000)
    const mirror = await (await listing)[0]?.resume()
    await world.clock.advance(1000)
    first.die()
    await world.clock.advance(1000)
    expect(mirror?.state).toMatchObject({ status: 'waiting', waitingFor: 'file' })
    return mirror
  }

  it('lists the upload, shows and steers it without the file', async () => {
    const world = setUpTabs()
    const one = world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    const listing = world.open().uploader.resumable()
    await world.clock.advance(1000)
    const [saved] = await listing
    expect(saved).toMatchObject({ runsIn: 'other-tab', needsFile: false, loaded: 3 * PART })
    const mirror = await saved?.resume()
    await world.clock.advance(1000)
    expect(mirror?.state).toMatchObject({ status: 'uploading', loaded: 3 * PART, total: SIZE })
    mirror?.pause()
    await world.clock.advance(1000)
    expect(one.state.status).toBe('paused')
  })

  it('asks for the file when the other tab is gone, and goes on with it', async () => {
    const world = setUpTabs()
    const mirror = await loseHolder(world)
    expect(() => mirror?.resume(fileOf(SIZE - 1))).toThrow('is shorter')
    world.gate.isHeldUp = false
    world.oss.requests.length = 0
    mirror?.resume(fileOf(SIZE))
    await world.clock.advance(1000)
    expect(await mirror?.done).toMatchObject({ verified: true })
    expect(world.names().filter((name) => name.startsWith('PUT'))).toHaveLength(3)
  })

  it('reads the file again where a reading of it was broken off', async () => {
    const world = setUpTabs()
    const { hasher } = world.environment
    let breaks = 0
    const crc64: Hasher['crc64'] = async (slice, signal) => {
      if (slice.size === PART && breaks-- > 0) throw unreadableFile('NotReadableError')
      return hasher.crc64(slice, signal)
    }
    Object.assign(world.environment, { hasher: { ...hasher, crc64 } })
    const mirror = await loseHolder(world)
    world.gate.isHeldUp = false
    breaks = 1
    mirror?.resume(fileOf(SIZE))
    await world.clock.advance(60_000)
    expect(await mirror?.done).toMatchObject({ verified: true })
  })

  it('does not take another file’s success for its own, though its file is not at hand', async () => {
    const world = setUpTabs()
    const mirror = await loseHolder(world)
    world.gate.isHeldUp = false
    const other = world.open().uploader.upload(fileOf(SIZE + 1), KEY)
    await world.clock.advance(3000)
    expect(await other.done).toMatchObject({ size: SIZE + 1 })
    await expect(mirror?.done).rejects.toMatchObject({ code: 'different-file' })
  })

  it('shows what another page waits for that has not the file either', async () => {
    const world = setUpTabs()
    const first = world.open()
    first.uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    const pages = []
    for (const { uploader } of [world.open(), world.open()]) {
      const listing = uploader.resumable()
      await world.clock.advance(1000)
      pages.push(await (await listing)[0]?.resume())
      await world.clock.advance(1000)
    }
    first.die()
    await world.clock.advance(1000)
    const [holder, mirror] = pages
    expect(holder?.state).toMatchObject({ status: 'waiting', waitingFor: 'file' })
    expect(mirror?.state).toMatchObject({ status: 'waiting', waitingFor: 'file' })
    world.gate.isHeldUp = false
    holder?.resume(fileOf(SIZE))
    await world.clock.advance(1000)
    expect(await mirror?.done).toMatchObject({ verified: true })
  })

  it('discards it by cancelling it there', async () => {
    const world = setUpTabs()
    const one = world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    const listing = world.open().uploader.resumable()
    await world.clock.advance(1000)
    const discarded = (await listing)[0]?.discard()
    await world.clock.advance(5000)
    await discarded
    expect(one.state.status).toBe('cancelled')
    expect(world.oss.uploads.size).toBe(0)
    expect(world.checkpoints.saved.size).toBe(0)
  })
})

describe('the record of an upload that a tab is at', () => {
  it('does not expire', async () => {
    const world = setUpTabs()
    world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    const cleaning = world.open({ expireAfterMs: 1 }).uploader.cleanup()
    await world.clock.advance(1000)
    expect(await cleaning).toBe(0)
    expect(world.oss.uploads.size).toBe(1)
  })
})

describe('what ends in the background while no page is open', () => {
  it('is told to the next page, once', async () => {
    const world = setUpTabs()
    world.gate.isHeldUp = false
    await world.open({}, true).uploader.upload(fileOf(SIZE), KEY).done
    await world.clock.settle()
    const { uploader } = world.open()
    const [saved] = await uploader.resumable()
    expect(saved).toMatchObject({ loaded: SIZE, size: SIZE, needsFile: false })
    const task = await saved?.resume()
    expect(task?.state).toMatchObject({ status: 'succeeded', loaded: SIZE })
    expect(await task?.done).toMatchObject({ key: 'a.bin', verified: true })
    expect(await uploader.resumable()).toEqual([])
  })

  it('is not told again when a page was looking', async () => {
    const world = setUpTabs()
    const worker = world.open({}, true).uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    const page = world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    expect(page.state.runsIn).toBe('background')
    world.gate.isHeldUp = false
    worker.pause()
    worker.resume()
    await world.clock.advance(5000)
    expect(await page.done).toMatchObject({ verified: true })
    expect(world.checkpoints.saved.size).toBe(0)
  })
})
