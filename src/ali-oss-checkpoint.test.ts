import { describe, expect, it, vi } from 'vitest'
import {
  aliOssCheckpoint,
  bytesOf,
  DENIED,
  fileOf,
  NEVER,
  SIZE,
  setUpDevices,
} from './testing/devices.js'
import { PART } from './testing/small-uploader.js'

const ALL = ['1', '2', '3', '4', '5', '6']

/** An upload that ali-oss left with three parts of six. */
async function leftByAliOss(...given: Parameters<typeof setUpDevices>) {
  const world = setUpDevices(...given)
  const checkpoint = await aliOssCheckpoint(await world.beginElsewhere())
  return { ...world, checkpoint }
}

describe("ali-oss's checkpoint", () => {
  it('is gone on with: only the parts OSS does not have are sent', async () => {
    const { checkpoint, device, ...world } = await leftByAliOss()
    const { uploader } = device({ partSize: 3 * PART })
    const options = { key: 'a.bin', aliOssCheckpoint: checkpoint }
    expect((await uploader.upload(fileOf(SIZE), options).done).verified).toBe(true)
    expect(world.sentParts()).toEqual(['4', '5', '6'])
    expect(world.names()).not.toContain('POST ?uploads')
    expect(world.storedBytes().equals(await bytesOf(fileOf(SIZE)))).toBe(true)
    expect(world.uploads.size).toBe(0)
  })

  it('makes an upload by parts of a file that would otherwise be put whole', async () => {
    const { checkpoint, device, sentParts } = await leftByAliOss()
    const { uploader } = device({ multipartThreshold: 100 * PART })
    const options = { key: 'a.bin', aliOssCheckpoint: checkpoint }
    expect((await uploader.upload(fileOf(SIZE), options).done).verified).toBe(true)
    expect(sentParts()).toEqual(['4', '5', '6'])
  })

  it('goes on with an upload that has no part yet, so that none is left behind', async () => {
    const { checkpoint, device, uploads, ...world } = await leftByAliOss()
    uploads.get(checkpoint.uploadId)?.parts.clear()
    const options = { key: 'a.bin', aliOssCheckpoint: { ...checkpoint, doneParts: [] } }
    const { uploader } = device()
    expect((await uploader.upload(fileOf(SIZE), options).done).verified).toBe(true)
    expect(world.sentParts()).toEqual(ALL)
    expect(world.names()).not.toContain('POST ?uploads')
  })

  it('is accepted once: then our own record counts', async () => {
    const { checkpoint, device, clock, ...world } = await leftByAliOss(({ name }) =>
      name === 'PUT ?partNumber=5' && isFirstVisit ? NEVER : undefined,
    )
    let isFirstVisit = true
    const { uploader, checkpoints } = device({ parallel: 1 })
    const options = { key: 'a.bin', aliOssCheckpoint: checkpoint }
    uploader.upload(fileOf(SIZE), options)
    await clock.advance(1000)
    const uploadIds = [...world.uploads.keys()]
    isFirstVisit = false
    world.requests.length = 0

    const next = device({}, checkpoints).uploader
    const [saved] = await next.resumable()
    expect(saved).toMatchObject({ key: 'a.bin', loaded: 4 * PART })
    // The same checkpoint once more, though it tells of another upload by now.
    const stale = { ...options, aliOssCheckpoint: { ...checkpoint, uploadId: 'other' } }
    expect((await next.upload(fileOf(SIZE), stale).done).verified).toBe(true)
    expect(uploadIds).toEqual([checkpoint.uploadId])
    expect(world.sentParts()).toEqual(['5', '6'])
  })

  it.each([
    ['is shorter', fileOf(SIZE - 1)],
    ['is longer', fileOf(SIZE + 1)],
    ['is shorter', fileOf(0)],
  ])('is refused for a file that %s, and nothing is sent', async (how, file) => {
    const { checkpoint, device, requests, uploads } = await leftByAliOss()
    const options = { key: 'a.bin', aliOssCheckpoint: checkpoint }
    const { done } = device().uploader.upload(file, options)
    await expect(done).rejects.toMatchObject({ name: 'OssFileError', code: 'different-file' })
    await expect(done).rejects.toThrow(how)
    expect(requests).toEqual([])
    expect(uploads.has(checkpoint.uploadId)).toBe(true)
  })

  it('is refused for another key, naming both', async () => {
    const { checkpoint, device, requests } = await leftByAliOss()
    const options = { key: 'b.bin', aliOssCheckpoint: checkpoint }
    const { done } = device().uploader.upload(fileOf(SIZE), options)
    await expect(done).rejects.toMatchObject({ code: 'different-file', retryable: false })
    await expect(done).rejects.toThrow('"a.bin", not to "b.bin"')
    expect(requests).toEqual([])
  })

  it('of a file with other bytes gives nothing, and the upload begins afresh', async () => {
    const { checkpoint, device, ...world } = await leftByAliOss()
    const edited = fileOf(SIZE, 9, PART + 9, 2 * PART + 9)
    const options = { key: 'a.bin', aliOssCheckpoint: checkpoint }
    expect((await device().uploader.upload(edited, options).done).verified).toBe(true)
    expect(world.sentParts()).toEqual(ALL)
    expect(world.storedBytes().equals(await bytesOf(edited))).toBe(true)
  })

  it('of an upload that OSS no longer knows begins afresh', async () => {
    const { checkpoint, device, uploads, ...world } = await leftByAliOss()
    uploads.clear()
    const options = { key: 'a.bin', aliOssCheckpoint: checkpoint }
    expect((await device().uploader.upload(fileOf(SIZE), options).done).verified).toBe(true)
    expect(world.sentParts()).toEqual(ALL)
    expect(world.names().filter((name) => name === 'POST ?uploads')).toHaveLength(1)
  })

  it('goes by the parts it names where OSS may not list them, as far as their MD5 is right', async () => {
    const { checkpoint, device, ...world } = await leftByAliOss(({ name }) =>
      name === 'GET ?uploadId' ? DENIED : undefined,
    )
    const edited = fileOf(SIZE, PART + 9)
    const bare = checkpoint.doneParts.map(({ number, etag }) => ({
      number,
      etag: etag.replaceAll('"', ''),
    }))
    const options = { key: 'a.bin', aliOssCheckpoint: { ...checkpoint, doneParts: bare } }
    expect((await device().uploader.upload(edited, options).done).verified).toBe(true)
    expect(world.sentParts()).toEqual(['2', '4', '5', '6'])
    expect(world.storedBytes().equals(await bytesOf(edited))).toBe(true)
  })

  it('is looked at where no record is kept, too', async () => {
    const { checkpoint, device, sentParts } = await leftByAliOss()
    const { uploader, checkpoints } = device({ persist: false })
    const save = vi.spyOn(checkpoints.store, 'save')
    const options = { key: 'a.bin', aliOssCheckpoint: checkpoint }
    expect((await uploader.upload(fileOf(SIZE), options).done).verified).toBe(true)
    expect(sentParts()).toEqual(['4', '5', '6'])
    expect(save).not.toHaveBeenCalled()
  })

  it.each([null, 'saved', {}, { uploadId: 'x' }])(
    'in no shape of it is a TypeError at once: %j',
    async (bad) => {
      const { device, requests } = await leftByAliOss()
      const upload = () =>
        device().uploader.upload(fileOf(SIZE), {
          key: 'a.bin',
          aliOssCheckpoint: bad as unknown as Awaited<ReturnType<typeof aliOssCheckpoint>>,
        })
      expect(upload).toThrow(TypeError)
      expect(upload).toThrow('progress(fraction, checkpoint)')
      expect(requests).toEqual([])
    },
  )
})
