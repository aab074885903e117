import { describe, expect, it } from 'vitest'
import type { Hasher } from './environment.js'
import { unreadableFile } from './errors.js'
import { createMemoryEnvironment } from './testing/memory-environment.js'
import { reply } from './testing/memory-oss.js'
import { fileOf, networkError, PART, setUp } from './testing/small-uploader.js'
import { createUploaderIn } from './whole-uploader.js'

const SIZE = 3 * PART + 17

/** A file on a disk where others write. */
class LiveFile extends File {
  change: { readonly lastModified?: number; readonly size?: number; readonly reading?: string } = {}

  override get lastModified(): number {
    return this.change.lastModified ?? super.lastModified
  }

  override get size(): number {
    return this.change.size ?? super.size
  }

  override slice(start?: number, end?: number): Blob {
    const slice = super.slice(start, end)
    const read = slice.arrayBuffer.bind(slice)
    const piece = (a?: number, b?: number) =>
      this.slice((start ?? 0) + (a ?? 0), (start ?? 0) + (b ?? 0))
    return Object.assign(slice, {
      slice: piece,
      arrayBuffer: async () => {
        if (this.change.reading) throw new DOMException('no', this.change.reading)
        return read()
      },
    })
  }
}

async function uploadChanging(change: LiveFile['change'], breaksLine = true) {
  const file = new LiveFile([await fileOf(SIZE).arrayBuffer()], 'a.bin', { lastModified: 1 })
  const world = setUp(
    ({ name }) => {
      if (name !== 'PUT ?partNumber=3') return undefined
      file.change = change
      if (breaksLine) throw networkError()
      return undefined
    },
    { parallel: 1 },
  )
  const task = world.uploader.upload(file, { key: 'a.bin' })
  task.done.catch(() => {})
  await world.clock.advance(100)
  return { ...world, task }
}

describe('a file that is written to while it is uploaded', () => {
  it.each([
    ['longer, and still readable', { size: SIZE + 5, lastModified: 2 }, false],
    ['of another date, and still readable', { lastModified: 2 }, false],
    ['shorter', { size: 2 * PART, lastModified: 2 }, true],
    ['not readable any more', { reading: 'NotReadableError' }, true],
  ])('is found changed within that part when it is %s', async (_how, change, breaksLine) => {
    const { task, oss } = await uploadChanging(change, breaksLine)
    expect(task.state).toMatchObject({ status: 'failed', canResumeAfterReload: true })
    await expect(task.done).rejects.toMatchObject({ name: 'OssFileError', code: 'file-changed' })
    expect(oss.requests.filter(({ name }) => name === 'PUT ?partNumber=3')).toHaveLength(1)
    expect(oss.objects.size).toBe(0)
  })

  it.each([{ reading: 'NotFoundError' }, { reading: 'AbortError' }, { size: 0, lastModified: 2 }])(
    'is unreadable when it is gone: %j',
    async (change) => {
      const { task } = await uploadChanging(change)
      await expect(task.done).rejects.toMatchObject({ code: 'file-unreadable' })
    },
  )

  it('is not blamed for a line that broke', async () => {
    const { task } = await uploadChanging({})
    expect(task.state).toMatchObject({ status: 'waiting' })
    await task.cancel()
  })
})

/** Shows what it had when it was chosen, and gives what is on the disk. */
class SnapshotFile extends File {
  onDisk = fileOf(SIZE)

  override slice(start = 0, end = SIZE): Blob {
    const slice = super.slice(start, end)
    return Object.assign(slice, { arrayBuffer: () => this.onDisk.slice(start, end).arrayBuffer() })
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.onDisk.arrayBuffer()
  }
}

describe('a file whose edits the browser does not show', () => {
  /** Written to as its third part is about to be sent. */
  async function uploadInFirefox(edited: Blob, verify: 'crc64' | 'none' = 'crc64') {
    const file = new SnapshotFile([new Uint8Array(SIZE)], 'a.bin', { lastModified: 1 })
    const world = createMemoryEnvironment(({ name }) => {
      if (name === 'PUT ?partNumber=2') file.onDisk = edited
      return undefined
    })
    const sizes = { partSize: PART, multipartThreshold: PART, parallel: 1, verify }
    const bucket = { region: 'cn-hangzhou', bucket: 'bucket' }
    const environment = { ...world.environment, seesEdits: false }
    const uploader = createUploaderIn(environment, { ...bucket, ...sizes })
    const task = uploader.upload(file, { key: 'a.bin' })
    task.done.catch(() => {})
    // What was hashed of the second part may not be what was sent of it: then it is sent again.
    await world.clock.advance(60_000)
    return { ...world, task }
  }
  const rewritten = new Blob([Uint8Array.from({ length: SIZE }, (_, i) => (i * 7) % 249)])

  it('is read once more before its parts are joined, and found changed', async () => {
    const { task, oss } = await uploadInFirefox(rewritten)
    await expect(task.done).rejects.toMatchObject({ name: 'OssFileError', code: 'file-changed' })
    expect(oss.requests.map(({ name }) => name)).not.toContain('POST ?uploadId')
    expect(oss.objects.size).toBe(0)
  })

  it('is changed, and not unreadable, where there is more of it than was sent', async () => {
    const { task, oss } = await uploadInFirefox(new Blob([fileOf(SIZE), 'more']))
    await expect(task.done).rejects.toMatchObject({ code: 'file-changed', retryable: false })
    expect(oss.requests.map(({ name }) => name)).not.toContain('POST ?uploadId')
  })

  it('is stored as it was where nobody wrote to it, or only the same', async () => {
    const { task, oss } = await uploadInFirefox(fileOf(SIZE))
    expect(await task.done).toMatchObject({ verified: true, size: SIZE })
    expect(oss.objects.size).toBe(1)
  })

  it('is read once more, however often its parts are to be joined', async () => {
    let refusals = 3
    const read: number[] = []
    const world = createMemoryEnvironment(({ name }) =>
      name === 'POST ?uploadId' && refusals-- > 0 ? reply(500, '') : undefined,
    )
    const { hasher } = world.environment
    const environment = {
      ...world.environment,
      seesEdits: false,
      hasher: {
        ...hasher,
        crc64(slice: Blob, signal: AbortSignal) {
          read.push(slice.size)
          return hasher.crc64(slice, signal)
        },
      },
    }
    const bucket = { region: 'cn-hangzhou', bucket: 'bucket' }
    const sizes = { partSize: PART, multipartThreshold: PART }
    const uploader = createUploaderIn(environment, { ...bucket, ...sizes })
    const task = uploader.upload(fileOf(SIZE), { key: 'a.bin' })
    await world.clock.advance(60_000)
    expect((await task.done).verified).toBe(true)
    expect(refusals).toBeLessThan(0)
    expect(read.filter((size) => size === SIZE)).toHaveLength(1)
  })

  it('is not read again where nothing is to be verified', async () => {
    const { task, oss } = await uploadInFirefox(rewritten, 'none')
    await task.done
    expect(oss.objects.size).toBe(1)
  })
})

describe('a page that is being left, where WebKit breaks off requests and readings', () => {
  it.each(['request', 'reading'])(
    'blames no file for its %s, and goes on when the page stays',
    async (what) => {
      const file = new LiveFile([await fileOf(SIZE).arrayBuffer()], 'a.bin', { lastModified: 1 })
      let canRead = true
      const world = createMemoryEnvironment(({ name }) => {
        if (name !== 'PUT ?partNumber=2' || file.change.reading === '') return undefined
        canRead = false
        if (what === 'reading') return undefined
        file.change = { reading: 'NotReadableError' }
        throw networkError()
      })
      const { hasher } = world.environment
      const crc64: Hasher['crc64'] = async (slice, signal) => {
        if (!canRead) throw unreadableFile('NotReadableError')
        return hasher.crc64(slice, signal)
      }
      const environment = {
        ...world.environment,
        hasher: { ...hasher, crc64 },
        readAnything: async () => {
          if (!canRead) throw new DOMException('no', 'NotReadableError')
        },
      }
      const place = { region: 'cn-hangzhou', bucket: 'bucket' }
      const sizes = { partSize: PART, multipartThreshold: PART, parallel: 1 }
      const uploader = createUploaderIn(environment, { ...place, ...sizes })
      const task = uploader.upload(file, { key: 'a.bin' })
      await world.clock.advance(150)
      expect(task.state).toMatchObject({ status: 'waiting', waitingFor: 'network' })
      canRead = true
      file.change = { reading: '' }
      await world.clock.advance(60_000)
      expect(await task.done).toMatchObject({ verified: true, size: SIZE })
    },
  )
})

describe('a reading that was broken off', () => {
  it('is tried again where the file can be read by then, a few times', async () => {
    for (const [breaks, status] of [
      [2, 'succeeded'],
      [9, 'failed'],
    ] as const) {
      const world = createMemoryEnvironment()
      const { hasher } = world.environment
      let left: number = breaks
      const crc64: Hasher['crc64'] = async (slice, signal) => {
        if (slice.size === PART && left-- > 0) throw unreadableFile('NotReadableError')
        return hasher.crc64(slice, signal)
      }
      const environment = { ...world.environment, hasher: { ...hasher, crc64 } }
      const place = { region: 'cn-hangzhou', bucket: 'bucket' }
      const sizes = { partSize: PART, multipartThreshold: PART, parallel: 1 }
      const uploader = createUploaderIn(environment, { ...place, ...sizes })
      const task = uploader.upload(fileOf(SIZE), { key: 'a.bin' })
      task.done.catch(() => {})
      await world.clock.advance(60_000)
      expect(task.state.status).toBe(status)
      // The message says to choose it again.
      if (status === 'failed') await expect(task.done).rejects.toMatchObject({ retryable: false })
    }
  })
})

describe('a disk that does not answer', () => {
  /** The line breaks at every part, and nothing can be read to find out why. */
  function uploadFromStuckDisk() {
    const world = setUp(({ name }) => {
      if (name.startsWith('PUT')) throw networkError()
      return undefined
    })
    const file = fileOf(SIZE)
    const slice = file.slice.bind(file)
    file.slice = (...range) => {
      const cut = slice(...range)
      cut.slice = () => Object.assign(cut, { arrayBuffer: () => new Promise<never>(() => {}) })
      return cut
    }
    const task = world.uploader.upload(file, { key: 'a.bin' })
    task.done.catch(() => {})
    return { ...world, task }
  }

  it('keeps no upload from ending: the line is said to have failed', async () => {
    const { task, clock } = uploadFromStuckDisk()
    await clock.advance(3_600_000)
    await expect(task.done).rejects.toMatchObject({ code: 'network' })
  })

  it('keeps no upload from being cancelled', async () => {
    const { task, clock } = uploadFromStuckDisk()
    await clock.advance(100)
    await task.cancel()
    await expect(task.done).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('keeps none from being cancelled while its file is read once more', async () => {
    const file = fileOf(SIZE)
    const { clock, environment } = createMemoryEnvironment()
    const crc64: Hasher['crc64'] = async (slice, signal) => {
      if (slice.size < SIZE) return environment.hasher.crc64(slice, signal)
      file.slice = () =>
        Object.assign(new Blob(['.']), { arrayBuffer: () => new Promise<never>(() => {}) })
      throw unreadableFile('NotReadableError')
    }
    const inFirefox = { ...environment, seesEdits: false, hasher: { ...environment.hasher, crc64 } }
    const place = { region: 'cn-hangzhou', bucket: 'bucket' }
    const sizes = { partSize: PART, multipartThreshold: PART }
    const task = createUploaderIn(inFirefox, { ...place, ...sizes }).upload(file, { key: 'a.bin' })
    await clock.advance(1000)
    expect(task.state.status).toBe('completing')
    await task.cancel()
    await expect(task.done).rejects.toMatchObject({ name: 'AbortError' })
  })
})
