import { crc64OfSlice } from './crc64-of-slice.js'
import { md5OfSlice } from './md5-of-slice.js'
import type { HashReply, HashRequest } from './messages.js'

/** The few names of a worker's scope that are used, so that the DOM's types can serve the rest of the project. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<HashRequest>) => void) | null
  postMessage: (reply: HashReply) => void
}

const scope = self as unknown as WorkerScope
const cancellations = new Map<number, AbortController>()
let queue = Promise.resolve()

scope.onmessage = ({ data: request }) => {
  if (request.type === 'ping') return scope.postMessage({ type: 'pong' })
  if (request.type === 'cancel') return cancellations.get(request.id)?.abort()
  const { id } = request
  const cancellation = new AbortController()
  cancellations.set(id, cancellation)
  // One slice at a time: side by side they would only hold more memory.
  queue = queue.then(async () => {
    const reply = await answer(request, cancellation.signal)
    cancellations.delete(id)
    if (reply) scope.postMessage(reply)
  })
}

async function answer(
  { id, algorithm, slice }: Extract<HashRequest, { type: 'digest' }>,
  signal: AbortSignal,
): Promise<HashReply | undefined> {
  if (signal.aborted) return undefined
  try {
    const digest = algorithm === 'crc64' ? crc64OfSlice : md5OfSlice
    return { type: 'digested', id, digest: await digest(slice, signal) }
  } catch (error) {
    return signal.aborted ? undefined : { type: 'unreadable', id, reason: String(error) }
  }
}
