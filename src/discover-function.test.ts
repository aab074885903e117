import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { DiscoverFunction } from './task/effect-context.js'
import { fileOf, SIZE, setUpDevices } from './testing/devices.js'

const KEY = { key: 'a.bin' }
const ALL = ['1', '2', '3', '4', '5', '6']
const warn = vi.spyOn(console, 'warn')

beforeEach(() => void warn.mockReset().mockImplementation(() => {}))

describe("an app server's list of unfinished uploads", () => {
  it.each<[string, (id: string) => string | { readonly uploadId: string }]>([
    ['upload IDs', (id) => id],
    ['objects with one', (uploadId) => ({ uploadId, name: 'a.bin' })],
  ])('may be %s, of which some are gone or of another key', async (_what, entryOf) => {
    const world = setUpDevices()
    const uploadId = await world.beginElsewhere()
    const ofOtherKey = await world.beginElsewhere(fileOf(SIZE), 'b.bin')
    const discover = vi.fn<DiscoverFunction>(async () =>
      ['gone', ofOtherKey, uploadId].map(entryOf),
    )
    const { uploader } = world.device({ discover })
    expect((await uploader.upload(fileOf(SIZE), KEY).done).verified).toBe(true)
    expect(discover.mock.lastCall?.[0]).toEqual({ key: 'a.bin', signal: expect.any(AbortSignal) })
    expect(world.sentParts()).toEqual(['4', '5', '6'])
    expect(world.names()).not.toContain('GET ?uploads')
    expect([...world.uploads.keys()]).toEqual([ofOtherKey])
    expect(warn).not.toHaveBeenCalled()
  })

  it.each<[string, () => unknown]>([
    ['rejects', () => Promise.reject(new Error('the server is down'))],
    [
      'throws',
      () => {
        throw new Error('the server is down')
      },
    ],
    ['is no array', async () => ({ uploads: [] })],
    ['has no IDs', async () => [{ UploadId: 'x' }]],
    ['is null', async () => [null]],
  ])('that %s does not keep the upload', async (_how, discover) => {
    const world = setUpDevices()
    await world.beginElsewhere()
    const { uploader } = world.device({ discover: discover as DiscoverFunction })
    expect((await uploader.upload(fileOf(SIZE), KEY).done).verified).toBe(true)
    expect(world.sentParts()).toEqual(ALL)
    expect(warn.mock.lastCall?.[0]).toMatch(/the server is down|array of upload IDs/)
  })

  it('that never comes is waited for half a minute, and told to end', async () => {
    const world = setUpDevices()
    const signals: AbortSignal[] = []
    const { uploader } = world.device({
      discover: ({ signal }) => {
        signals.push(signal)
        return new Promise(() => {})
      },
    })
    const task = uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(29_000)
    expect(task.state.status).toBe('preparing')
    expect(signals[0]?.aborted).toBe(false)
    await world.clock.advance(1000)
    expect((await task.done).verified).toBe(true)
    expect(signals[0]?.aborted).toBe(true)
    expect(warn.mock.lastCall?.[0]).toContain('30 s')
  })

  it('is no longer wanted when the upload is paused, and asked for again when it goes on', async () => {
    const world = setUpDevices()
    const uploadId = await world.beginElsewhere()
    const signals: AbortSignal[] = []
    const { uploader } = world.device({
      discover: ({ signal }) => {
        signals.push(signal)
        return signals.length === 1 ? new Promise(() => {}) : Promise.resolve([uploadId])
      },
    })
    const task = uploader.upload(fileOf(SIZE), KEY)
    await world.clock.settle()
    task.pause()
    await world.clock.settle()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    task.resume()
    expect((await task.done).verified).toBe(true)
    expect(world.sentParts()).toEqual(['4', '5', '6'])
    expect(warn).not.toHaveBeenCalled()
  })

  it('is asked for by a function, or not at all', () => {
    const { device } = setUpDevices()
    expect(() => device({ discover: 'yes' as unknown as boolean })).toThrow(TypeError)
    expect(() => device({ discover: '/api/uploads' as unknown as boolean })).toThrow('function')
  })
})
