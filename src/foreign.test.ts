import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bytesOf, DENIED, fileOf, NEVER, SIZE, setUpDevices } from './testing/devices.js'
import { reply } from './testing/memory-oss.js'
import { networkError, PART } from './testing/small-uploader.js'

const GRANT = { accessKeyId: 'STS.1', accessKeySecret: 'secret', securityToken: 'token' }
const KEY = { key: 'a.bin' }
const ALL = ['1', '2', '3', '4', '5', '6']
const warn = vi.spyOn(console, 'warn')

beforeEach(() => void warn.mockReset().mockImplementation(() => {}))
afterEach(() => expect(warn.mock.calls.flat().join()).not.toMatch(/STS\.|secret|token/i))

describe('an upload begun on another device', () => {
  it('goes on with only the parts OSS does not have, cut as it was there', async () => {
    const world = setUpDevices()
    await world.beginElsewhere()
    const { uploader } = world.device({ discover: true, partSize: 2 * PART })
    expect(await uploader.upload(fileOf(SIZE), KEY).done).toMatchObject({ verified: true })
    expect(world.sentParts()).toEqual(['4', '5', '6'])
    expect(world.names()).not.toContain('POST ?uploads')
    expect(world.storedBytes().equals(await bytesOf(fileOf(SIZE)))).toBe(true)
    // Whoever began it said what the object shall be like.
    expect(world.objects.get('a.bin')?.headers).toMatchObject({ 'x-oss-meta-who': 'first' })
    expect(world.uploads.size).toBe(0)
    expect(warn).not.toHaveBeenCalled()
  })

  it('is on record here from then on, with the parts found', async () => {
    const world = setUpDevices(({ name }) => (name === 'PUT ?partNumber=5' ? NEVER : undefined))
    await world.beginElsewhere()
    const { uploader, checkpoints } = world.device({ discover: true, parallel: 1 })
    const task = uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    expect(task.state).toMatchObject({ status: 'uploading', canResumeAfterReload: true })
    const [saved] = await world.device({}, checkpoints).uploader.resumable()
    expect(saved).toMatchObject({ size: SIZE, loaded: 4 * PART, name: 'a.bin' })
  })

  it('completes at once when all its parts are there', async () => {
    const world = setUpDevices()
    const uploadId = await world.beginElsewhere()
    const bytes = await bytesOf(fileOf(SIZE))
    for (const number of [4, 5, 6]) {
      const part = bytes.subarray((number - 1) * PART, number * PART)
      world.uploads.get(uploadId)?.parts.set(number, part)
    }
    const { uploader } = world.device({ discover: true })
    expect((await uploader.upload(fileOf(SIZE), KEY).done).verified).toBe(true)
    expect(world.sentParts()).toEqual([])
  })

  it('is not looked for unless asked to, nor where we have a record of our own', async () => {
    const world = setUpDevices()
    const uploadId = await world.beginElsewhere()
    await world.device().uploader.upload(fileOf(SIZE), KEY).done
    expect(world.names()).not.toContain('GET ?uploads')
    expect([...world.uploads.keys()]).toEqual([uploadId])

    let isLineDown = true
    const other = setUpDevices(({ name }) =>
      isLineDown && name.startsWith('PUT') ? NEVER : undefined,
    )
    const { checkpoints, uploader } = other.device()
    uploader.upload(fileOf(SIZE), KEY)
    await other.clock.advance(1000)
    isLineDown = false
    await other.device({ discover: true }, checkpoints).uploader.upload(fileOf(SIZE), KEY).done
    expect(other.names()).not.toContain('GET ?uploads')
    expect(other.names().filter((name) => name === 'POST ?uploads')).toHaveLength(1)
  })

  it('is found where no record is kept, and none is', async () => {
    const world = setUpDevices()
    await world.beginElsewhere()
    const { uploader, checkpoints } = world.device({ discover: true, persist: false })
    const save = vi.spyOn(checkpoints.store, 'save')
    expect((await uploader.upload(fileOf(SIZE), KEY).done).verified).toBe(true)
    expect(world.sentParts()).toEqual(['4', '5', '6'])
    expect(save).not.toHaveBeenCalled()
  })
})

describe('another file of the same key', () => {
  it.each([
    ['with other bytes in every part', fileOf(SIZE, 9, PART + 9, 2 * PART + 9)],
    ['that is shorter', fileOf(2 * PART + 5)],
    ['whose parts are cut in other places', new File([fileOf(9), fileOf(SIZE - 9)], 'a.bin')],
  ])('%s takes nothing of it, and leaves it alone', async (_how, file) => {
    const world = setUpDevices()
    const uploadId = await world.beginElsewhere()
    const { uploader } = world.device({ discover: true })
    expect((await uploader.upload(file, KEY).done).verified).toBe(true)
    expect(world.sentParts()).toEqual(ALL.slice(0, Math.ceil(file.size / PART)))
    expect(world.storedBytes().equals(await bytesOf(file))).toBe(true)
    expect(world.uploads.get(uploadId)?.parts.size).toBe(3)
  })

  it('that shares most parts sends the others again', async () => {
    const world = setUpDevices()
    await world.beginElsewhere()
    const edited = fileOf(SIZE, PART + 9)
    const { uploader } = world.device({ discover: true })
    expect((await uploader.upload(edited, KEY).done).verified).toBe(true)
    expect(world.sentParts()).toEqual(['2', '4', '5', '6'])
    expect(world.storedBytes().equals(await bytesOf(edited))).toBe(true)
  })

  it('is passed over for an older upload that is of this one', async () => {
    const world = setUpDevices()
    await world.beginElsewhere()
    const other = await world.beginElsewhere(fileOf(SIZE, 9, PART + 9, 2 * PART + 9))
    const { uploader } = world.device({ discover: true })
    expect((await uploader.upload(fileOf(SIZE), KEY).done).verified).toBe(true)
    expect(world.sentParts()).toEqual(['4', '5', '6'])
    expect([...world.uploads.keys()]).toEqual([other])
  })
})

describe('where uploads may not be listed', () => {
  it('they begin afresh, and the cure is told once', async () => {
    const world = setUpDevices(({ name }) => (name === 'GET ?uploads' ? DENIED : undefined))
    await world.beginElsewhere()
    const { uploader } = world.device({ discover: true })
    expect((await uploader.upload(fileOf(SIZE), KEY).done).verified).toBe(true)
    expect((await uploader.upload(fileOf(SIZE), { key: 'b' }).done).verified).toBe(true)
    expect(world.sentParts()).toEqual([...ALL, ...ALL])
    expect(warn).toHaveBeenCalledOnce()
    expect(warn.mock.lastCall?.[0]).toContain('Allow oss:ListMultipartUploads on the bucket')
  })

  it.each([
    ['a server that cannot', reply(501, '<Error><Code>NotImplemented</Code></Error>')],
    ['a server that is busy for good', reply(503, '<Error><Code>SlowDown</Code></Error>')],
    ['a proxy in its place', reply(200, '<html>Please log in</html>')],
  ])('by %s, they begin afresh after three tries', async (_who, answer) => {
    const world = setUpDevices(({ name }) => (name === 'GET ?uploads' ? answer : undefined))
    await world.beginElsewhere()
    const task = world.device({ discover: true }).uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(60_000)
    expect((await task.done).verified).toBe(true)
    expect(world.names().filter((name) => name === 'GET ?uploads')).toHaveLength(3)
    expect(world.sentParts()).toEqual(ALL)
    expect(warn).toHaveBeenCalledOnce()
  })

  it('because the credentials are for other keys, nothing is begun', async () => {
    const world = setUpDevices()
    const expiration = world.clock.now() + 3_600_000
    const credentials = async () => ({ ...GRANT, expiration, prefix: 'u/42/' })
    const { uploader } = world.device({ discover: true }, undefined, { credentials })
    await expect(uploader.upload(fileOf(SIZE), KEY).done).rejects.toThrow('"u/42/"')
    expect(world.requests).toEqual([])
    expect(warn).not.toHaveBeenCalled()
  })

  it('but only because the line broke, the question is asked again', async () => {
    let failures = 2
    const world = setUpDevices(({ name }) => {
      if (name === 'GET ?uploads' && failures-- > 0) throw networkError()
      return undefined
    })
    await world.beginElsewhere()
    const task = world.device({ discover: true }).uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(5000)
    expect((await task.done).verified).toBe(true)
    expect(world.sentParts()).toEqual(['4', '5', '6'])
    expect(warn).not.toHaveBeenCalled()
  })

  it('or only their parts, they begin afresh too', async () => {
    const world = setUpDevices(({ name }) => (name === 'GET ?uploadId' ? DENIED : undefined))
    const uploadId = await world.beginElsewhere()
    const { uploader } = world.device({ discover: async () => [uploadId] })
    expect((await uploader.upload(fileOf(SIZE), KEY).done).verified).toBe(true)
    expect(world.sentParts()).toEqual(ALL)
    expect(warn).toHaveBeenCalledOnce()
  })
})

describe('where no record is kept', () => {
  it('the record of another uploader outlives an upload that OSS forgot', async () => {
    let isFirst = true
    const world = setUpDevices(({ name }) =>
      isFirst && name.startsWith('PUT') ? NEVER : undefined,
    )
    const { uploader, checkpoints } = world.device()
    uploader.upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    isFirst = false
    const foreign = await world.beginElsewhere()
    const remove = vi.spyOn(checkpoints.store, 'remove')
    const options = { discover: async () => [foreign], persist: false }
    const task = world.device(options, checkpoints).uploader.upload(fileOf(SIZE), KEY)
    task.subscribe(({ status }) => {
      // Gone between the listing and the first part.
      if (status === 'uploading') world.uploads.delete(foreign)
    })
    expect((await task.done).verified).toBe(true)
    expect(world.sentParts()).toEqual(expect.arrayContaining(ALL))
    expect(remove).not.toHaveBeenCalled()
  })
})
