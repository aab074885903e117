import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { updateCrc64 } from '../../protocol/crc64.js'
import { createSmallSlices } from '../small-slices.js'
import { createHasher } from './hasher.js'
import { createMd5 } from './md5.js'
import type { HashReply, HashRequest } from './messages.js'

const slice = new Blob([new Uint8Array(1024 * 1024).fill(7)])
const { signal } = new AbortController()

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('navigator', { hardwareConcurrency: 2 })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A worker that says what it is told to, when it is told to. */
function createSilentWorker(answer: (request: HashRequest) => HashReply | undefined) {
  const asked: HashRequest[] = []
  const worker = {
    isTerminated: false,
    onmessage: (_event: { data: HashReply }) => {},
    onerror: () => {},
    postMessage(request: HashRequest) {
      asked.push(request)
      const reply = answer(request)
      if (reply) worker.onmessage({ data: reply })
    },
    terminate() {
      worker.isTerminated = true
    },
  }
  return { worker, asked }
}

function hasherOf(worker: unknown) {
  return createHasher(createSmallSlices(), () => worker as Worker)
}

it('does not wait for a small slice on a disk that does not answer, once it is taken back', async () => {
  const { worker } = createSilentWorker(() => undefined)
  const asleep = { size: 1, arrayBuffer: () => new Promise(() => {}) } as unknown as Blob
  const cancellation = new AbortController()
  const crc64 = hasherOf(worker).crc64(asleep, cancellation.signal)
  const reason = new Error('cancelled')
  cancellation.abort(reason)
  await expect(crc64).rejects.toBe(reason)
})

describe('a hash worker', () => {
  it('that died without a word is given up, and the page goes on by itself', async () => {
    const { worker } = createSilentWorker(() => undefined)
    const crc64 = hasherOf(worker).crc64(slice, signal)
    await vi.advanceTimersByTimeAsync(60_000)
    vi.useRealTimers()
    expect(await crc64).toBe(updateCrc64(0n, new Uint8Array(await slice.arrayBuffer())))
    expect(worker.isTerminated).toBe(true)
  })

  it('that died is started again where only a worker will do', async () => {
    const { worker: dead } = createSilentWorker(() => undefined)
    const { worker: alive } = createSilentWorker((request) =>
      request.type === 'digest' ? { type: 'digested', id: request.id, digest: 'md5' } : undefined,
    )
    const workers = [dead, alive]
    vi.stubGlobal('navigator', { hardwareConcurrency: 1 })
    const md5 = createMd5(() => workers.shift() as unknown as Worker)
    const lost = expect(md5(slice, signal)).rejects.toMatchObject({
      code: 'network',
      retryable: true,
    })
    await vi.advanceTimersByTimeAsync(60_000)
    await lost
    expect(await md5(slice, signal)).toBe('md5')
  })

  it('whose script does not come on a dead line is asked for again by every part', async () => {
    let isDead = true
    const md5 = createMd5(() => {
      const { worker } = createSilentWorker((request) =>
        request.type === 'digest' && !isDead
          ? { type: 'digested', id: request.id, digest: 'md5' }
          : undefined,
      )
      if (isDead) setTimeout(() => worker.onerror(), 50)
      return worker as unknown as Worker
    })
    for (let time = 0; time < 16; time++) {
      const all = Promise.allSettled([1, 2, 3, 4, 5, 6].map(() => md5(slice, signal)))
      await vi.advanceTimersByTimeAsync(250)
      const codes = (await all).map((one) => one.status === 'rejected' && one.reason.code)
      expect(new Set(codes)).toEqual(new Set(['network']))
    }
    isDead = false
    expect(await md5(slice, signal)).toBe('md5')
  })

  it('that never comes is told of, with the cure', async () => {
    const { worker } = createSilentWorker(() => undefined)
    vi.stubGlobal('navigator', { hardwareConcurrency: 1 })
    const md5 = createMd5(() => worker as unknown as Worker)
    for (const words of ['has died', 'allow it (worker-src)', 'allow it (worker-src)']) {
      const refusal = expect(md5(slice, signal)).rejects.toThrow(words)
      await vi.advanceTimersByTimeAsync(60_000)
      await refusal
    }
  })

  it('that reads from a slow disk is waited for, however long', async () => {
    const { worker } = createSilentWorker(({ type }) =>
      type === 'ping' ? { type: 'pong' } : undefined,
    )
    const crc64 = hasherOf(worker).crc64(slice, signal)
    await vi.advanceTimersByTimeAsync(3_600_000)
    worker.onmessage({ data: { type: 'digested', id: 1, digest: '42' } })
    expect(await crc64).toBe(42n)
    expect(worker.isTerminated).toBe(false)
  })

  it('is not asked whether it lives when it has nothing to do', async () => {
    const { worker, asked } = createSilentWorker((request) =>
      request.type === 'digest' ? { type: 'digested', id: request.id, digest: '42' } : undefined,
    )
    await hasherOf(worker).crc64(slice, signal)
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(asked.map(({ type }) => type)).toEqual(['digest'])
  })
})
