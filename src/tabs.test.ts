import { describe, expect, it } from 'vitest'
import type { UploadState } from './task/upload-state.js'
import { SIZE, setUpTabs } from './testing/open-tabs.js'
import { fileOf, PART } from './testing/small-uploader.js'

const KEY = { key: 'a.bin' }

describe('the same file in two tabs', () => {
  it('is one upload, and both tabs see it through', async () => {
    const world = setUpTabs()
    const [one, two] = [world.open(), world.open()].map(({ uploader }) =>
      uploader.upload(fileOf(SIZE), KEY),
    )
    await world.clock.advance(1000)
    expect(one?.state).toMatchObject({ status: 'uploading', runsIn: 'here', loaded: 3 * PART })
    expect(two?.state).toMatchObject({ status: 'uploading', runsIn: 'other-tab', loaded: 3 * PART })
    world.gate.isHeldUp = false
    one?.pause()
    one?.resume()
    await world.clock.advance(5000)
    expect(await two?.done).toEqual(await one?.done)
    expect(world.names().filter((name) => name === 'POST ?uploads')).toHaveLength(1)
    expect(world.names().filter((name) => name === 'POST ?uploadId')).toHaveLength(1)
  })

  it('shows those who look on in the second how far it is, all along', async () => {
    const world = setUpTabs(async ({ name }) => {
      if (name.startsWith('PUT')) await new Promise<void>((go) => world.clock.after(1000, go))
      return undefined
    })
    const tabs = [world.open({ parallel: 1 }), world.open({ parallel: 1 })]
    const [, two] = tabs.map(({ uploader }) => uploader.upload(fileOf(SIZE), KEY))
    const told: UploadState[] = []
    two?.subscribe((state) => told.push(state))
    await world.clock.advance(3600)
    expect(told.map(({ loaded }) => loaded / PART)).toEqual(expect.arrayContaining([1, 2, 3]))
    expect(told.some(({ bytesPerSecond }) => bytesPerSecond > 0)).toBe(true)
    expect(told.at(-1)).toBe(two?.state)
  })

  it('is steered by the buttons of either', async () => {
    const world = setUpTabs()
    const [one, two] = [world.open(), world.open()].map(({ uploader }) =>
      uploader.upload(fileOf(SIZE), KEY),
    )
    await world.clock.advance(1000)
    two?.pause()
    await world.clock.advance(1000)
    expect([one?.state.status, two?.state.status]).toEqual(['paused', 'paused'])
    two?.resume()
    await world.clock.advance(1000)
    expect([one?.state.status, two?.state.status]).toEqual(['uploading', 'uploading'])
    const cancelled = two?.cancel()
    await world.clock.advance(5000)
    await cancelled
    expect([one?.state.status, two?.state.status]).toEqual(['cancelled', 'cancelled'])
    expect(world.oss.uploads.size).toBe(0)
  })

  it('goes on in the second when the first dies, with the parts OSS does not have', async () => {
    const world = setUpTabs()
    const first = world.open()
    first.uploader.upload(fileOf(SIZE), KEY)
    const two = world.open().uploader.upload(fileOf(SIZE), KEY)
    const third = world.open()
    const three = third.uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    world.gate.isHeldUp = false
    world.oss.requests.length = 0
    first.die()
    await world.clock.advance(5000)
    expect(await two.done).toMatchObject({ verified: true })
    expect(await three.done).toMatchObject({ verified: true })
    expect(world.names().filter((name) => name.startsWith('PUT'))).toHaveLength(3)
    expect(world.names()).not.toContain('POST ?uploads')
  })

  it('stays paused when the tab dies that paused it', async () => {
    const world = setUpTabs()
    const first = world.open()
    const one = first.uploader.upload(fileOf(SIZE), KEY)
    const two = world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    one.pause()
    await world.clock.advance(1000)
    first.die()
    await world.clock.advance(1000)
    expect(two.state).toMatchObject({ status: 'paused', runsIn: 'here' })
    world.gate.isHeldUp = false
    two.resume()
    expect(await two.done).toMatchObject({ verified: true })
  })

  it('fails in both with the same error', async () => {
    const world = setUpTabs(({ name }) => {
      if (name === 'PUT ?partNumber=1') throw new TypeError('broken')
      return undefined
    })
    const [one, two] = [world.open(), world.open()].map(({ uploader }) =>
      uploader.upload(fileOf(SIZE), KEY),
    )
    await world.clock.advance(60_000)
    await expect(one?.done).rejects.toThrow('broken')
    await expect(two?.done).rejects.toThrow('broken')
  })

  it('is over in the second with its last byte and its error, not before', async () => {
    const world = setUpTabs(({ name, key }) => {
      if (key === 'b.bin' && name === 'PUT ?partNumber=1') throw new TypeError('broken')
      return undefined
    })
    world.gate.isHeldUp = false
    const states: UploadState[] = []
    const pages = [world.open(), world.open()]
    for (const key of ['a.bin', 'b.bin']) {
      const [, second] = pages.map(({ uploader }) => uploader.upload(fileOf(SIZE), { key }))
      second?.subscribe((state) => states.push(state))
    }
    await world.clock.advance(60_000)
    const ended = states.filter(({ status }) => status === 'succeeded' || status === 'failed')
    expect(ended.map(({ loaded, error }) => error?.message ?? loaded)).toEqual(
      expect.arrayContaining(['broken', SIZE]),
    )
    expect(ended).toHaveLength(2)
  })

  it('is one upload too when the same page begins it twice', async () => {
    const world = setUpTabs()
    world.gate.isHeldUp = false
    const { uploader } = world.open()
    const tasks = [1, 2].map(() => uploader.upload(fileOf(SIZE), KEY))
    await world.clock.advance(5000)
    await Promise.all(tasks.map(({ done }) => done))
    expect(world.names().filter((name) => name === 'POST ?uploads')).toHaveLength(1)
  })

  it('is begun anew by a second tab that comes after the end', async () => {
    const world = setUpTabs()
    world.gate.isHeldUp = false
    await world.open().uploader.upload(fileOf(SIZE), KEY).done
    const again = world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(5000)
    expect(await again.done).toMatchObject({ verified: true })
    expect(world.names().filter((name) => name === 'POST ?uploads')).toHaveLength(2)
  })

  it('ends for the second tab though the first does not answer, when it is cancelled', async () => {
    const world = setUpTabs()
    const id = 'oss-direct-upload:https://oss-cn-hangzhou.aliyuncs.com/bucket/a.bin'
    await world.tabs.open().locks.tryHold(id)
    const task = world.open().uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    expect(task.state).toMatchObject({ status: 'waiting', waitingFor: 'lock' })
    const cancelled = task.cancel()
    await world.clock.advance(10_000)
    await cancelled
    expect(task.state.status).toBe('cancelled')
  })
})

describe('another file for the same key', () => {
  it.each([
    ['is shorter', fileOf(SIZE - 1), {}],
    ['has other bytes', new Blob([new Uint8Array(SIZE)]), {}],
    ['is to be stored otherwise', fileOf(SIZE), { metadata: { who: 'me' } }],
  ])('that %s fails at once in the second tab, and the first goes on', async (how, file, wish) => {
    const world = setUpTabs()
    const one = world.open().uploader.upload(fileOf(SIZE), KEY)
    const two = world.open().uploader.upload(file, { ...KEY, ...wish })
    await world.clock.advance(1000)
    await expect(two.done).rejects.toMatchObject({ code: 'different-file' })
    await expect(two.done).rejects.toThrow(how)
    expect(one.state.status).toBe('uploading')
  })

  it('that cannot be read takes no success from the first tab', async () => {
    const world = setUpTabs()
    const one = world.open().uploader.upload(fileOf(SIZE), KEY)
    const unreadable = fileOf(SIZE)
    unreadable.slice = () => {
      throw new DOMException('gone', 'NotReadableError')
    }
    const two = world.open().uploader.upload(unreadable, KEY)
    await world.clock.advance(1000)
    await expect(two.done).rejects.toMatchObject({ name: 'NotReadableError' })
    expect(one.state.status).toBe('uploading')
  })
})
