import { createHash } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { updateCrc64 } from '../../protocol/crc64.js'
import { createInlineHasher } from './inline-hasher.js'

const MIB = 1024 * 1024
/** Large enough for a stream, and an odd rest. */
const BYTES = Uint8Array.from({ length: 5 * MIB + 3 }, (_, index) => (index * 31) % 251)
const SLICE = new Blob([BYTES])
const { signal } = new AbortController()

/** A drive that sleeps, and fails when it wakes. */
function sleepingDisk() {
  const disk = {
    isAsked: false,
    isLetGo: false,
    fail: () => {},
    sliceOf: (size: number) => ({ size, arrayBuffer: read, stream }) as unknown as Blob,
  }
  function read(): Promise<never> {
    disk.isAsked = true
    return new Promise((_resolve, reject) => {
      disk.fail = () => reject(new DOMException('gone', 'NotReadableError'))
    })
  }
  function stream() {
    const cancel = () => {
      disk.isLetGo = true
    }
    return new ReadableStream({ type: 'bytes', pull: read, cancel })
  }
  return disk
}

describe('digests on the thread itself', () => {
  it('are those of the bytes', async () => {
    const hasher = createInlineHasher()
    expect(await hasher.crc64(SLICE, signal)).toBe(updateCrc64(0n, BYTES))
    expect(await hasher.md5(SLICE, signal)).toBe(createHash('md5').update(BYTES).digest('base64'))
  })

  it('are the same where a Blob is no stream of bytes', async () => {
    const hasher = createInlineHasher()
    const slice = new Blob([BYTES])
    slice.stream = () => {
      throw new TypeError('This is no byte stream.')
    }
    expect(await hasher.crc64(slice, signal)).toBe(updateCrc64(0n, BYTES))
    expect(await hasher.md5(slice, signal)).toBe(createHash('md5').update(BYTES).digest('base64'))
  })

  it('are not made of a slice that ends early, as that of a file cut short', async () => {
    const short = new Blob([BYTES.subarray(0, 100)])
    const slice = { size: BYTES.length, stream: () => short.stream() }
    await expect(
      createInlineHasher().crc64(slice as unknown as Blob, signal),
    ).rejects.toMatchObject({ code: 'file-unreadable' })
  })

  it.each([
    ['ends early', 100, -1],
    ['ends early', 100, -100],
    ['goes on', 100, 5],
    ['ends early', BYTES.length, -1],
    ['goes on', BYTES.length, 1],
  ])('are not made of a file that %s: %i bytes, %i', async (_how, size, more) => {
    const now = new Blob([new Uint8Array(size + more)])
    const file = { size, stream: () => now.stream(), arrayBuffer: () => now.arrayBuffer() }
    for (const algorithm of ['crc64', 'md5'] as const) {
      const digest = createInlineHasher()[algorithm](file as unknown as Blob, signal)
      await expect(digest).rejects.toMatchObject({ code: 'file-unreadable' })
    }
  })

  it('are made of one slice at a time, in the order they are asked for', async () => {
    const hasher = createInlineHasher()
    const done: string[] = []
    await Promise.all([
      hasher.md5(SLICE, signal).then(() => done.push('large')),
      hasher.crc64(new Blob(['x']), signal).then(() => done.push('small')),
    ])
    expect(done).toEqual(['large', 'small'])
  })

  it('are not made of a slice that was taken back, nor does it stop the next', async () => {
    const hasher = createInlineHasher()
    const cancellation = new AbortController()
    const first = hasher.crc64(SLICE, signal)
    const taken = hasher.crc64(SLICE, cancellation.signal)
    const next = hasher.crc64(SLICE, signal)
    const reason = new Error('paused')
    cancellation.abort(reason)
    await expect(taken).rejects.toBe(reason)
    expect(await next).toBe(await first)
  })

  it.each([1, 5 * MIB])(
    'are not waited for when the disk of %i bytes does not answer and they are taken back',
    async (size) => {
      const hasher = createInlineHasher()
      const disk = sleepingDisk()
      const cancellation = new AbortController()
      const taken = hasher.crc64(disk.sliceOf(size), cancellation.signal)
      const next = hasher.crc64(SLICE, signal)
      await vi.waitFor(() => expect(disk.isAsked).toBe(true))
      const reason = new Error('cancelled')
      cancellation.abort(reason)
      await expect(taken).rejects.toBe(reason)
      // Nobody hears of what it says too late.
      disk.fail()
      expect(await next).toBe(updateCrc64(0n, BYTES))
      // Only a stream can be let go.
      expect(disk.isLetGo).toBe(size > 1)
    },
  )

  it('are not waited for by who leaves the line behind a disk that does not answer', async () => {
    const hasher = createInlineHasher()
    const sleeping = hasher.crc64(sleepingDisk().sliceOf(1), signal)
    const cancellation = new AbortController()
    const taken = hasher.crc64(SLICE, cancellation.signal)
    const reason = new Error('cancelled')
    cancellation.abort(reason)
    await expect(taken).rejects.toBe(reason)
    await expect(Promise.race([sleeping, 'sleeps'])).resolves.toBe('sleeps')
  })

  it('take one listener for a slice, however many windows it has', async () => {
    const { signal } = new AbortController()
    const listen = vi.spyOn(signal, 'addEventListener')
    const leave = vi.spyOn(signal, 'removeEventListener')
    await createInlineHasher().crc64(SLICE, signal)
    expect(listen.mock.calls.length).toBeLessThanOrEqual(2)
    expect(leave.mock.calls).toHaveLength(listen.mock.calls.length)
  })

  it('tell a slice that cannot be read', async () => {
    const unreadable = { size: 1, arrayBuffer: () => Promise.reject('gone') }
    await expect(
      createInlineHasher().crc64(unreadable as unknown as Blob, signal),
    ).rejects.toMatchObject({ code: 'file-unreadable' })
  })
})
