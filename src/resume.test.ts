import { describe, expect, it, vi } from 'vitest'
import { createMemoryEnvironment } from './testing/memory-environment.js'
import { type Interference, reply } from './testing/memory-oss.js'
import type { EngineOptions } from './uploader.js'
import { createUploaderIn } from './whole-uploader.js'

const PART = 102_400
const SIZE = 5 * PART + 17
const UPLOAD = { key: 'a.bin', metadata: { who: 'me' } }

/** A world that outlives its pages. Part 4 and those after it hang until the first page is gone. */
function setUp(interfere: Interference = () => undefined) {
  let isFirstVisit = true
  const world = createMemoryEnvironment((record) => {
    const number = Number(/partNumber=(\d)/.exec(record.name)?.[1] ?? 0)
    if (isFirstVisit && number >= 4) return new Promise<undefined>(() => {})
    return interfere(record)
  })
  let tab = world.tabs.open()
  return {
    ...world,
    /** A new page of the same browser; the one before dies without a word. */
    visit(options: Partial<EngineOptions> = {}) {
      tab.die()
      tab = world.tabs.open()
      return createUploaderIn(
        { ...world.environment, ...tab },
        {
          region: 'cn-hangzhou',
          bucket: 'bucket',
          partSize: PART,
          multipartThreshold: PART,
          ...options,
        },
      )
    },
    /** Uploads three parts, writes them down, and dies. */
    async dieHalfWay(options: Partial<EngineOptions> = {}, file: Blob = fileOf(SIZE), asked = 7) {
      const task = this.visit(options).upload(file, UPLOAD)
      await vi.waitFor(() => expect(world.oss.requests).toHaveLength(asked))
      await world.clock.advance(1000)
      expect(task.state).toMatchObject({ status: 'uploading', canResumeAfterReload: true })
      world.oss.requests.length = 0
      isFirstVisit = false
    },
  }
}

function fileOf(size: number, change = 0): File {
  const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 31) % 251)
  if (change > 0) bytes[change] = 255
  return new File([bytes], 'a.bin', { lastModified: 1 })
}

describe('after a reload', () => {
  it('lists what is unfinished in the order it was begun', async () => {
    const world = setUp()
    const uploader = world.visit()
    for (const key of ['z', 'a']) {
      uploader.upload(fileOf(SIZE), { key }).done.catch(() => {})
      await vi.waitFor(() => expect(world.checkpoints.saved.size).toBeGreaterThan(0))
      await world.clock.advance(1000)
    }
    // A store lists them in another order: the browser's goes by name.
    const [[id = '', first] = []] = [...world.checkpoints.saved]
    world.checkpoints.saved.delete(id)
    if (first) world.checkpoints.saved.set(id, first)
    const saved = await world.visit().resumable()
    expect(saved.map(({ key }) => key)).toEqual(['z', 'a'])
  })

  it('says what is unfinished, and goes on with only the parts OSS does not have', async () => {
    const world = setUp()
    await world.dieHalfWay()
    const [saved, ...others] = await world.visit().resumable()
    expect(others).toEqual([])
    expect(saved).toMatchObject({ key: 'a.bin', name: 'a.bin', size: SIZE, loaded: 3 * PART })
    expect(saved).toMatchObject({ needsFile: true, source: 'none' })
    const task = await saved?.resume(fileOf(SIZE))
    expect(await task?.done).toMatchObject({ size: SIZE, verified: true })
    const names = world.oss.requests.map(({ name }) => name)
    expect(names.filter((name) => name.startsWith('P'))).toEqual([
      'PUT ?partNumber=4',
      'PUT ?partNumber=5',
      'PUT ?partNumber=6',
      'POST ?uploadId',
    ])
    await world.clock.settle()
    expect(world.checkpoints.saved.size).toBe(0)
    expect(world.oss.objects.get('a.bin')?.headers).toMatchObject({ 'x-oss-meta-who': 'me' })
  })

  it('cuts the file as the earlier visit did, also where parts shrink', async () => {
    const world = setUp()
    const usual = { partSize: undefined, multipartThreshold: undefined } as object
    const file = new Blob([new Uint8Array(50 * 1024 ** 2)])
    await world.dieHalfWay(usual, file, 1 + 6 + 3)
    const next = world.visit({ ...usual, parallel: 1 }).upload(file, UPLOAD)
    expect(await next.done).toMatchObject({ size: file.size, verified: true })
    const names = world.oss.requests.map(({ name }) => name)
    expect(names.filter((name) => name.startsWith('PUT'))).toHaveLength(12 - 3)
  })

  it('resumes by itself when the same file is uploaded to the same key', async () => {
    const world = setUp()
    await world.dieHalfWay()
    // Phones rewrite names and dates: neither is the file's identity.
    const renamed = new File([fileOf(SIZE)], 'IMG_0001.MOV', {
      type: 'video/quicktime',
      lastModified: 99,
    })
    const options = { key: 'a.bin', metadata: { who: 'me' } }
    expect((await world.visit().upload(renamed, options).done).verified).toBe(true)
    expect(world.oss.requests.some(({ name }) => name === 'POST ?uploads')).toBe(false)
  })

  it('keeps the part size the upload began with, whatever the default is by now', async () => {
    const world = setUp()
    await world.dieHalfWay()
    const uploader = world.visit({ partSize: 3 * PART })
    const [saved] = await uploader.resumable()
    await (await saved?.resume(fileOf(SIZE)))?.done
    expect(world.oss.requests.filter(({ name }) => name.startsWith('PUT'))).toHaveLength(3)
  })

  it('counts parts the record has not heard of, once they are found to be of this file', async () => {
    const world = setUp()
    await world.dieHalfWay()
    for (const entry of world.checkpoints.saved.values()) entry.batches.clear()
    const [saved] = await world.visit().resumable()
    expect(saved?.loaded).toBe(0)
    expect((await (await saved?.resume(fileOf(SIZE)))?.done)?.verified).toBe(true)
    expect(world.oss.requests.filter(({ name }) => name.startsWith('PUT'))).toHaveLength(3)
  })

  it('sends a part again that OSS holds with other bytes', async () => {
    const world = setUp()
    await world.dieHalfWay()
    for (const { parts } of world.oss.uploads.values()) parts.set(2, new Uint8Array(PART))
    const [saved] = await world.visit().resumable()
    expect((await (await saved?.resume(fileOf(SIZE)))?.done)?.verified).toBe(true)
    expect(world.oss.requests.map(({ name }) => name)).toContain('PUT ?partNumber=2')
  })

  it('goes by the record where the token may not list parts', async () => {
    const denied = reply(403, '<Error><Code>AccessDenied</Code></Error>')
    const world = setUp(({ name }) => (name === 'GET ?uploadId' ? denied : undefined))
    await world.dieHalfWay()
    const [saved] = await world.visit().resumable()
    expect((await (await saved?.resume(fileOf(SIZE)))?.done)?.verified).toBe(true)
    expect(world.oss.requests.filter(({ name }) => name.startsWith('PUT'))).toHaveLength(3)
  })

  it('starts afresh when OSS no longer knows the upload', async () => {
    const world = setUp()
    await world.dieHalfWay()
    world.oss.uploads.clear()
    const [saved] = await world.visit().resumable()
    expect((await (await saved?.resume(fileOf(SIZE)))?.done)?.verified).toBe(true)
    expect(world.oss.requests.filter(({ name }) => name.startsWith('PUT'))).toHaveLength(6)
  })

  it('starts afresh, once, when the upload is gone only by the time a part is sent', async () => {
    let isGone = false
    const world = setUp(({ name }) => {
      if (name === 'PUT ?partNumber=4' && !isGone) {
        isGone = true
        world.oss.uploads.clear()
      }
      return undefined
    })
    await world.dieHalfWay()
    const [saved] = await world.visit().resumable()
    expect((await (await saved?.resume(fileOf(SIZE)))?.done)?.verified).toBe(true)
    expect(world.oss.requests.filter(({ name }) => name === 'POST ?uploads')).toHaveLength(1)
  })
})

describe('the same file, to be stored otherwise', () => {
  it('is a new upload, because OSS fixed the metadata when the old one began', async () => {
    const world = setUp()
    await world.dieHalfWay()
    const metadata = { who: 'you' }
    await world.visit().upload(fileOf(SIZE), { key: 'a.bin', metadata }).done
    await world.clock.settle()
    expect(world.oss.objects.get('a.bin')?.headers).toMatchObject({ 'x-oss-meta-who': 'you' })
    expect(world.oss.uploads.size).toBe(0)
  })
})

describe('another file', () => {
  it.each([
    ['is shorter', fileOf(SIZE - 1)],
    ['is longer', fileOf(SIZE + 1)],
    ['has other bytes', fileOf(SIZE, 10)],
    // Between the sampled windows: only an uploaded part's MD5 tells.
    ['has other bytes', fileOf(SIZE, PART + 99)],
  ])('that %s is refused by resume, and nothing is sent', async (how, file) => {
    const world = setUp()
    await world.dieHalfWay()
    // Both of the parts that are looked at by chance: one of them is the changed one.
    for (const { parts } of world.oss.uploads.values()) parts.delete(3)
    const [saved] = await world.visit().resumable()
    const task = await saved?.resume(file)
    await expect(task?.done).rejects.toMatchObject({ code: 'different-file' })
    await expect(task?.done).rejects.toThrow(how)
    expect(world.oss.requests.filter(({ name }) => name.startsWith('P'))).toEqual([])
    expect(await world.visit().resumable()).toHaveLength(1)
  })

  it('uploaded to the same key takes its place, and what was begun is aborted', async () => {
    const world = setUp()
    await world.dieHalfWay()
    expect((await world.visit().upload(fileOf(SIZE, 10), { key: 'a.bin' }).done).verified).toBe(
      true,
    )
    await world.clock.settle()
    expect(world.oss.uploads.size).toBe(0)
    expect(world.checkpoints.saved.size).toBe(0)
  })
})

describe('the record', () => {
  it('holds no credential', async () => {
    const world = setUp()
    await world.dieHalfWay()
    const [entry] = world.checkpoints.saved.values()
    const text =
      JSON.stringify(entry?.record) + JSON.stringify([...(entry?.batches.values() ?? [])])
    expect(text).toContain('a.bin')
    expect(text).not.toMatch(/STS\.|secret|token/i)
  })

  it('is dropped with a warning when it is damaged', async () => {
    const world = setUp()
    await world.dieHalfWay()
    for (const entry of world.checkpoints.saved.values())
      Object.assign(entry.record as object, { partSize: 1 })
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    expect(await world.visit().resumable()).toEqual([])
    expect(warn).toHaveBeenCalledOnce()
    expect(world.checkpoints.saved.size).toBe(0)
    warn.mockRestore()
  })

  it('can be discarded, which aborts the upload on OSS', async () => {
    const world = setUp()
    await world.dieHalfWay()
    const [saved] = await world.visit().resumable()
    await saved?.discard()
    expect(world.oss.uploads.size).toBe(0)
    expect(await world.visit().resumable()).toEqual([])
  })

  it('says what is wrong where the store fails when it is discarded', async () => {
    const world = setUp()
    await world.dieHalfWay()
    const [saved] = await world.visit().resumable()
    world.checkpoints.breakDown(new Error('QuotaExceededError'))
    await expect(saved?.discard()).rejects.toMatchObject({ code: 'storage', retryable: true })
  })

  it('expires, and its upload is aborted then', async () => {
    const world = setUp()
    await world.dieHalfWay()
    await world.clock.advance(2 * 3_600_000)
    expect(await world.visit().resumable()).toHaveLength(1)
    expect(await world.visit({ expireAfterMs: 3_600_000 }).cleanup()).toBe(1)
    expect(world.oss.uploads.size).toBe(0)
  })

  it('is not kept where the store fails, and the upload runs all the same', async () => {
    const world = createMemoryEnvironment()
    world.checkpoints.breakDown(new Error('private mode'))
    const uploader = createUploaderIn(world.environment, {
      region: 'cn-hangzhou',
      bucket: 'bucket',
      partSize: PART,
      multipartThreshold: PART,
    })
    const task = uploader.upload(fileOf(SIZE), { key: 'a.bin' })
    const kept: boolean[] = []
    task.subscribe((state) => kept.push(state.canResumeAfterReload))
    expect((await task.done).verified).toBe(true)
    expect(kept).not.toContain(true)
    // There may be something.
    await expect(uploader.resumable()).rejects.toMatchObject({ code: 'storage', retryable: true })
  })

  it('is kept of an upload that was paused as it began, and of none that was cancelled then', async () => {
    for (const stop of ['pause', 'cancel'] as const) {
      const world = createMemoryEnvironment()
      const options = {
        region: 'cn-hangzhou',
        bucket: 'bucket',
        partSize: PART,
        multipartThreshold: PART,
      }
      const task = createUploaderIn(world.environment, options).upload(fileOf(SIZE), {
        key: 'a.bin',
      })
      task.subscribe(({ status }) => {
        if (status === 'uploading') void task[stop]()
      })
      await world.clock.advance(1000)
      expect(world.checkpoints.saved.size).toBe(stop === 'pause' ? 1 : 0)
    }
  })
})
