import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { updateCrc64 } from '../../protocol/crc64.js'
import type { HashReply, HashRequest } from './messages.js'

const MIB = 1024 * 1024

beforeEach(() => void vi.resetModules())
afterEach(() => vi.unstubAllGlobals())

/** The worker's own script, in a scope that is the test's. */
async function startWorker() {
  const replies: HashReply[] = []
  const scope = {
    onmessage: (_event: { data: HashRequest }) => {},
    postMessage: (reply: HashReply) => replies.push(reply),
  }
  vi.stubGlobal('self', scope)
  await import('./hash-worker.js')
  return { replies, tell: (data: HashRequest) => scope.onmessage({ data }) }
}

/** On a drive that sleeps. */
function sleeping(size: number): Blob {
  const slice = {
    size,
    slice: () => sleeping(size),
    arrayBuffer: () => new Promise(() => {}),
    stream: () => new ReadableStream({ type: 'bytes', pull: () => new Promise(() => {}) }),
  }
  return slice as unknown as Blob
}

it.each([1, 5 * MIB])(
  'goes on with the next file when one of %i bytes is taken back whose disk does not answer',
  async (size) => {
    const { replies, tell } = await startWorker()
    tell({ type: 'digest', id: 1, algorithm: 'crc64', slice: sleeping(size) })
    tell({ type: 'digest', id: 2, algorithm: 'crc64', slice: new Blob(['next']) })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(replies).toEqual([])
    tell({ type: 'cancel', id: 1 })
    const digest = String(updateCrc64(0n, new TextEncoder().encode('next')))
    await vi.waitFor(() => expect(replies).toEqual([{ type: 'digested', id: 2, digest }]))
  },
)
