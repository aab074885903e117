import { describe, expect, it } from 'vitest'
import { OssChecksumError, OssServiceError } from './errors.js'
import { type Interference, reply } from './testing/memory-oss.js'
import { fileOf, networkError, PART, setUp } from './testing/small-uploader.js'

describe('an upload', () => {
  it('sends a small file by one PutObject', async () => {
    const { uploader, oss } = setUp()
    const result = await uploader.upload(fileOf(PART), { key: 'a.bin' }).done
    expect(oss.requests.map(({ name }) => name)).toEqual(['PUT'])
    expect(result).toMatchObject({ key: 'a.bin', bucket: 'bucket', size: PART, verified: true })
    expect(oss.objects.get('a.bin')?.bytes.length).toBe(PART)
  })

  it('stores the bytes of a larger file by parts, and proves them by CRC-64', async () => {
    const { uploader, oss } = setUp()
    const file = fileOf(3 * PART + 17)
    const result = await uploader.upload(file, { key: 'a.bin' }).done
    expect(oss.requests.map(({ name }) => name)).toEqual([
      'POST ?uploads',
      'PUT ?partNumber=1',
      'PUT ?partNumber=2',
      'PUT ?partNumber=3',
      'PUT ?partNumber=4',
      'POST ?uploadId',
    ])
    const stored = oss.objects.get('a.bin')?.bytes ?? []
    expect(Buffer.from(await file.arrayBuffer()).equals(Buffer.from(stored))).toBe(true)
    expect(result.verified).toBe(true)
    expect(oss.uploads.size).toBe(0)
  })

  it('never has more parts in flight than parallel says', async () => {
    let inFlight = 0
    let most = 0
    const { uploader } = setUp(
      async () => {
        most = Math.max(most, ++inFlight)
        await Promise.resolve()
        inFlight--
        return undefined
      },
      { parallel: 3 },
    )
    await uploader.upload(fileOf(10 * PART), { key: 'a' }).done
    await uploader.upload(fileOf(10 * PART), { key: 'b' }).done
    expect(most).toBe(3)
  })

  it('sends a part again whose bytes arrived changed, and fails when they always do', async () => {
    let broken = 1
    const damage: Interference = ({ name }) =>
      name === 'PUT ?partNumber=2' && broken-- > 0
        ? reply(200, '', { etag: '"x"', 'x-oss-hash-crc64ecma': '1' })
        : undefined
    const { uploader, clock, oss } = setUp(damage)
    const once = uploader.upload(fileOf(2 * PART), { key: 'a' })
    await clock.advance(60_000)
    expect((await once.done).verified).toBe(true)

    broken = Number.POSITIVE_INFINITY
    const always = uploader.upload(fileOf(2 * PART), { key: 'b' })
    await clock.advance(60_000)
    await expect(always.done).rejects.toBeInstanceOf(OssChecksumError)
    expect(always.state.status).toBe('failed')
    expect(oss.objects.has('b')).toBe(false)
    expect(oss.uploads.size).toBe(0)
  })

  it('is not verified where OSS gives no CRC-64', async () => {
    const { uploader } = setUp(() => reply(200, '', { etag: '"x"' }))
    expect((await uploader.upload(fileOf(9), { key: 'a' }).done).verified).toBe(false)
  })

  it('waits and tries again when the line breaks', async () => {
    let failures = 3
    const { uploader, clock } = setUp(({ name }) => {
      if (name === 'PUT ?partNumber=1' && failures-- > 0) throw networkError()
      return undefined
    })
    const task = uploader.upload(fileOf(2 * PART), { key: 'a' })
    await clock.settle()
    expect(task.state).toMatchObject({ status: 'waiting', waitingFor: 'network' })
    await clock.advance(60_000)
    expect((await task.done).verified).toBe(true)
  })

  it('ends with the error of a refusal, and leaves no parts behind where no record is kept', async () => {
    const { uploader, oss, clock } = setUp(
      ({ name }) =>
        name === 'PUT ?partNumber=2'
          ? reply(403, '<Error><Code>AccessDenied</Code><RequestId>R1</RequestId></Error>')
          : undefined,
      { persist: false },
    )
    const task = uploader.upload(fileOf(3 * PART), { key: 'a' })
    await expect(task.done).rejects.toBeInstanceOf(OssServiceError)
    await expect(task.done).rejects.toMatchObject({ code: 'access-denied', requestId: 'R1' })
    await clock.settle()
    expect(oss.uploads.size).toBe(0)
    expect(uploader.tasks).toEqual([])
  })
})

describe('a Complete whose answer is lost', () => {
  /** The first Complete takes effect; its answer does not arrive. */
  function losingTheAnswer(head?: Interference) {
    let isLost = false
    const world = setUp(async (record) => {
      if (record.name === 'HEAD') return head?.(record)
      if (record.name !== 'POST ?uploadId' || isLost) return undefined
      isLost = true
      await world.oss.answer(record.request)
      throw networkError()
    })
    return world
  }

  it('is settled by the object itself', async () => {
    const { uploader, clock, oss } = losingTheAnswer()
    const task = uploader.upload(fileOf(2 * PART), { key: 'a' })
    await clock.advance(60_000)
    expect(await task.done).toMatchObject({ verified: true, size: 2 * PART })
    expect(oss.requests.map(({ name }) => name).slice(-2)).toEqual(['POST ?uploadId', 'HEAD'])
  })

  it('is unknown where the page may not look, and says so', async () => {
    const { uploader, clock } = losingTheAnswer(() => reply(403, '', { 'x-oss-request-id': 'R' }))
    const task = uploader.upload(fileOf(2 * PART), { key: 'a' })
    await clock.advance(60_000)
    await expect(task.done).rejects.toMatchObject({ code: 'completion-unknown' })
  })

  it('is no success when the object is another one', async () => {
    const other = {
      'content-length': String(2 * PART),
      'x-oss-hash-crc64ecma': '1',
      'x-oss-request-id': 'R',
    }
    const { uploader, clock } = losingTheAnswer(() => reply(200, '', other))
    const task = uploader.upload(fileOf(2 * PART), { key: 'a' })
    await clock.advance(60_000)
    await expect(task.done).rejects.toMatchObject({ code: 'no-such-upload' })
  })
})

describe('progress', () => {
  it('never falls and reaches the total only on success', async () => {
    let failures = 2
    const { uploader, clock } = setUp(({ name, request }) => {
      if (name !== 'PUT ?partNumber=2' || failures-- <= 0) return undefined
      request.onProgress?.(PART - 1)
      throw networkError()
    })
    const file = fileOf(3 * PART)
    const seen: { status: string; loaded: number }[] = []
    const task = uploader.upload(file, { key: 'a' })
    task.subscribe(({ status, loaded }) => seen.push({ status, loaded }))
    await clock.advance(60_000)
    await task.done
    const loaded = seen.map((state) => state.loaded)
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b))
    expect(seen.filter((state) => state.loaded === file.size)).toEqual([
      { status: 'succeeded', loaded: file.size },
    ])
  })

  it('goes on when a listener throws, and does not hide what it threw', async () => {
    const { uploader } = setUp()
    const thrown: unknown[] = []
    const collect = (error: unknown) => thrown.push(error)
    process.on('uncaughtException', collect)
    const task = uploader.upload(fileOf(10), { key: 'a' })
    task.subscribe(({ status }) => {
      if (status === 'succeeded') throw new Error('my mistake')
    })
    expect((await task.done).verified).toBe(true)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('uncaughtException', collect)
    expect(thrown).toEqual([new Error('my mistake')])
    expect(uploader.tasks).toEqual([])
  })

  it('keeps the same state object until something changes', async () => {
    const { uploader } = setUp(() => new Promise(() => {}))
    const task = uploader.upload(fileOf(3 * PART), { key: 'a' })
    expect(task.state).toBe(task.state)
  })
})

describe('bad input', () => {
  it.each([
    ['region', { region: 'Hangzhou!' }],
    ['bucket', { bucket: 'B' }],
    ['parallel', { parallel: 7 }],
    ['partSize', { partSize: 1000 }],
    ['multipartThreshold', { multipartThreshold: -1 }],
    ['endpoint', { endpoint: 'oss.example.com' }],
    ['verify', { verify: 'sha1' as 'none' }],
  ])('names the wrong option %s at once', (name, options) => {
    expect(() => setUp(undefined, options)).toThrow(name)
  })

  it.each([
    ['options', undefined],
    ['metadata', { key: 'a', metadata: new Map() }],
    ['headers', { key: 'a', headers: new Headers() }],
    ['tags', { key: 'a', tags: null }],
    ['signal', { key: 'a', signal: {} }],
    ['forbidOverwrite', { key: 'a', forbidOverwrite: 'false' }],
  ])('names the wrong upload option %s', (name, options) => {
    const { uploader } = setUp()
    expect(() => uploader.upload(fileOf(1), options as never)).toThrow(name)
  })

  it('keeps the type of a typed Blob, and sends none that is blank', async () => {
    const { uploader, oss } = setUp()
    const typed = new Blob(['x'], { type: 'image/png' })
    await uploader.upload(typed, { key: 'a', contentType: undefined as never }).done
    await uploader.upload(new Blob(['x'], { type: '  ' }), { key: 'b' }).done
    expect(oss.objects.get('a')?.headers).toMatchObject({ 'content-type': 'image/png' })
    expect(oss.objects.get('b')?.headers).not.toHaveProperty('content-type')
  })

  it('refuses what is not a file, before any request', () => {
    const { uploader, oss } = setUp()
    expect(() => uploader.upload('a.txt' as unknown as Blob, { key: 'a' })).toThrow(TypeError)
    expect(() => uploader.upload(fileOf(1), { key: '../a' })).toThrow(TypeError)
    expect(() => uploader.upload(fileOf(1), { key: 'a', tags: { '?': 'x' } })).toThrow('tags')
    expect(oss.requests).toEqual([])
  })
})
