import type { BasicEnvironment } from '../../environment.js'
import { unreadableFile } from '../../errors.js'
import { orAborted } from '../../or-aborted.js'
import { updateCrc64 } from '../../protocol/crc64.js'
import type { SmallSlices } from '../small-slices.js'
import { workerUrl } from '../worker-urls.js'
import { crc64OfSlice } from './crc64-of-slice.js'
import type { HashAlgorithm, HashReply } from './messages.js'
import { createWorkerWatch } from './worker-watch.js'

const IDLE_MS = 10_000

type Digested = Exclude<HashReply, { type: 'pong' }> | 'refused'
export type Digest = (slice: Blob, signal: AbortSignal) => Promise<string>

export interface Algorithm {
  readonly name: HashAlgorithm
  /** Whether no worker is asked for any more once one was refused. */
  readonly isRefusedForGood: boolean
  /** What is done without a worker. @param mayCome - Another try may find one. */
  readonly withoutWorker: (slice: Blob, signal: AbortSignal, mayCome: boolean) => Promise<string>
}

const CRC64: Algorithm = { name: 'crc64', isRefusedForGood: true, withoutWorker: crc64OfSlice }
/** So long after the first refusal it is taken for a policy, unless the device is offline. */
const MAY_COME_MS = 5_000

/**
 * CRC-64 in a worker. Of small slices, and where the page's policy refuses a worker or it has died, it is computed on the page's own
 * thread.
 *
 * @param createWorker - Starts the hash worker; for bundlers that cannot find its file by themselves.
 */
export function createHasher(
  smallSlices: SmallSlices,
  createWorker: () => Worker = startHashWorker,
): BasicEnvironment['hasher'] {
  const crc64 = createDigest(CRC64, createWorker)
  return {
    async crc64(slice, signal) {
      const bytes = smallSlices.read(slice)
      return bytes
        ? updateCrc64(0n, await orAborted(bytes, signal))
        : BigInt(await crc64(slice, signal))
    },
  }
}

/** Digests in a worker of its own: side by side in one worker, CRC-64 falls to a fraction of its speed. */
export function createDigest(algorithm: Algorithm, createWorker: () => Worker): Digest {
  const { name, isRefusedForGood, withoutWorker } = algorithm
  const jobs = new Map<number, (reply: Digested) => void>()
  let lastId = 0
  let refusedSince: number | undefined
  let worker: Worker | undefined
  let idleTimer: ReturnType<typeof setTimeout> | undefined
  const watch = createWorkerWatch(() => worker?.postMessage({ type: 'ping' }), refused)

  function start(): void {
    if (worker || (isRefusedForGood && refusedSince !== undefined)) return
    try {
      const started = createWorker()
      worker = started
      started.onmessage = ({ data }: MessageEvent<HashReply>) => {
        watch.heard()
        refusedSince = undefined
        if (data.type !== 'pong') jobs.get(data.id)?.(data)
      }
      // Of one that was stopped nothing more is heard.
      const onError = () => worker === started && refused()
      started.onerror = onError
      started.onmessageerror = onError
    } catch {
      refusedSince ??= Number.NEGATIVE_INFINITY
    }
  }

  /** Forbidden by the page's policy, its file is not where it should be, or it is dead. */
  function refused(): void {
    refusedSince ??= performance.now()
    stop()
    for (const settle of [...jobs.values()]) settle('refused')
  }

  function stop(): void {
    watch.end()
    worker?.terminate()
    worker = undefined
  }

  /** Resolves to `refused` when there is no worker to ask. */
  function ask(slice: Blob, signal: AbortSignal): Promise<Digested> {
    clearTimeout(idleTimer)
    start()
    const id = ++lastId
    let onAbort = () => {}
    return new Promise<Digested>((resolve, reject) => {
      if (!worker) return resolve('refused')
      jobs.set(id, resolve)
      watch.begin()
      worker.postMessage({ type: 'digest', id, algorithm: name, slice })
      onAbort = () => {
        worker?.postMessage({ type: 'cancel', id })
        reject(signal.reason)
      }
      signal.addEventListener('abort', onAbort)
    }).finally(() => {
      signal.removeEventListener('abort', onAbort)
      jobs.delete(id)
      // Pages make and drop uploaders, so an idle worker is not kept.
      if (jobs.size > 0) return
      watch.end()
      idleTimer = setTimeout(stop, IDLE_MS)
    })
  }

  return async (slice, signal) => {
    signal.throwIfAborted()
    const reply = await ask(slice, signal)
    if (reply === 'refused') {
      const isRecent = performance.now() - Number(refusedSince) < MAY_COME_MS
      const mayCome = isRecent || navigator.onLine === false
      return withoutWorker(slice, signal, mayCome)
    }
    if (reply.type === 'unreadable') throw unreadableFile(reply.reason)
    return reply.digest
  }
}

export function startHashWorker(): Worker {
  return new Worker(workerUrl('hash'), { type: 'module' })
}
