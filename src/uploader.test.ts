import { describe, expect, it } from 'vitest'
import { OssChecksumError, OssNetworkError, OssServiceError } from './errors.js'
import { createMemoryEnvironment } from './testing/memory-environment.js'
import { type Interference, reply } from './testing/memory-oss.js'
import { createUploaderIn, type UploaderOptions } from './uploader.js'

const PART = 102_400

function setUp(interfere?: Interference, options: Partial<UploaderOptions> = {}) {
  const world = createMemoryEnvironment(interfere)
  const uploader = createUploaderIn(world.environment, {
    region: 'cn-hangzhou',
    bucket: 'bucket',
    partSize: PART,
    multipartThreshold: PART,
    ...options,
  })
  return { ...world, uploader }
}

function fileOf(size: number): Blob {
  return new Blob([Uint8Array.from({ length: size }, (_, i) => (i * 31) % 251)])
}

function networkError() {
  return new OssNetworkError('no line', { code: 'network', retryable: true })
}

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

describe('pause and resume', () => {
  it('keeps acknowledged parts and sends the others once more', async () => {
    let hangs = true
    const { uploader, oss, clock } = setUp(({ name }) =>
      hangs && name === 'PUT ?partNumber=2' ? new Promise<undefined>(() => {}) : undefined,
    )
    const task = uploader.upload(fileOf(3 * PART), { key: 'a' })
    await clock.settle()
    hangs = false
    task.pause()
    expect(task.state.status).toBe('paused')
    task.resume()
    await task.done
    const parts = oss.requests.map(({ name }) => name).filter((name) => name.startsWith('PUT'))
    expect(parts).toEqual([
      'PUT ?partNumber=1',
      'PUT ?partNumber=2',
      'PUT ?partNumber=3',
      'PUT ?partNumber=2',
    ])
  })

  it('aborts the upload nobody wants when the pause fell between Initiate and its answer', async () => {
    const answers: (() => void)[] = []
    const { uploader, oss, clock } = setUp(({ name }) =>
      name === 'POST ?uploads'
        ? new Promise<undefined>((resolve) => answers.push(() => resolve(undefined)))
        : undefined,
    )
    const task = uploader.upload(fileOf(2 * PART), { key: 'a' })
    await clock.settle()
    task.pause()
    task.resume()
    await clock.settle()
    for (const answer of answers) answer()
    await task.done
    await clock.settle()
    expect(answers).toHaveLength(2)
    expect(oss.uploads.size).toBe(0)
  })
})

describe('cancel', () => {
  it('rejects with an AbortError and aborts the upload on OSS', async () => {
    const { uploader, oss, clock } = setUp(({ name }) =>
      name === 'PUT ?partNumber=2' ? new Promise<undefined>(() => {}) : undefined,
    )
    const task = uploader.upload(fileOf(3 * PART), { key: 'a' })
    await clock.settle()
    expect(oss.uploads.size).toBe(1)
    const cancelled = task.cancel()
    expect(task.state.status).toBe('cancelled')
    await expect(task.done).rejects.toMatchObject({ name: 'AbortError' })
    await cancelled
    expect(oss.requests.at(-1)?.name).toBe('DELETE ?uploadId')
    expect(oss.uploads.size).toBe(0)
  })

  it('aborts an upload whose Initiate was on the wire', async () => {
    let answer = () => {}
    const { uploader, oss, clock } = setUp(({ name }) =>
      name === 'POST ?uploads'
        ? new Promise<undefined>((resolve) => {
            answer = () => resolve(undefined)
          })
        : undefined,
    )
    const task = uploader.upload(fileOf(2 * PART), { key: 'a' })
    await clock.settle()
    const cancelled = task.cancel()
    answer()
    await cancelled
    expect(oss.requests.map(({ name }) => name)).toEqual(['POST ?uploads', 'DELETE ?uploadId'])
    expect(oss.uploads.size).toBe(0)
  })

  it('follows the signal the application gave', async () => {
    const { uploader } = setUp(() => new Promise(() => {}))
    const controller = new AbortController()
    const task = uploader.upload(fileOf(9), { key: 'a', signal: controller.signal })
    controller.abort(new Error('left the page'))
    await expect(task.done).rejects.toThrow('left the page')
  })

  it('lets a Complete that is on the wire decide', async () => {
    let answer = () => {}
    const { uploader, clock } = setUp(({ name }) =>
      name === 'POST ?uploadId'
        ? new Promise<undefined>((resolve) => {
            answer = () => resolve(undefined)
          })
        : undefined,
    )
    const task = uploader.upload(fileOf(2 * PART), { key: 'a' })
    await clock.settle()
    expect(task.state.status).toBe('completing')
    void task.cancel()
    answer()
    expect((await task.done).verified).toBe(true)
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

  it('refuses what is not a file, before any request', () => {
    const { uploader, oss } = setUp()
    expect(() => uploader.upload('a.txt' as unknown as Blob, { key: 'a' })).toThrow(TypeError)
    expect(() => uploader.upload(fileOf(1), { key: '../a' })).toThrow(TypeError)
    expect(() => uploader.upload(fileOf(1), { key: 'a', tags: { '?': 'x' } })).toThrow('tags')
    expect(oss.requests).toEqual([])
  })
})
