import ky from 'ky'
import type { Transport, TransportRequest } from '../environment.js'
import { causeWithoutRequest, OssNetworkError, OssTimeoutError } from '../errors.js'
import { browserConnection } from './connection.js'
import { type BlobRequest, sendBlob } from './send-blob.js'
import { createSmallSlices, type SmallSlices } from './small-slices.js'
import { createStallTimer } from './stall-timer.js'
import { systemClock } from './system-clock.js'

const PROBE_WITHIN_MS = 5_000

/** Requests by ky, its retries off: the task decides on those. Bodies that need progress go by XMLHttpRequest. */
export function createKyTransport(smallSlices: SmallSlices = createSmallSlices()): Transport {
  /** Origins whose answers this page has read: a later failure there is the line's, not CORS's. */
  const readable = new Set<string>()

  return {
    async send(request) {
      const { origin } = new URL(request.url)
      let sentBytes = 0
      const onProgress = (bytes: number) => {
        sentBytes = bytes
        request.onProgress?.(bytes)
      }
      try {
        const reply = await (hasBlob(request)
          ? sendBlob({ ...request, onProgress }, smallSlices)
          : ask(request))
        readable.add(origin)
        return reply
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason
        if (error instanceof OssTimeoutError) throw error
        const mayBeCors = !readable.has(origin) && (await isUnreadable(origin, sentBytes))
        throw networkError(origin, mayBeCors, error)
      }
    },
  }
}

/** A file of another frame is no instance of this one's Blob. */
function hasBlob(request: TransportRequest): request is BlobRequest {
  return typeof request.body === 'object'
}

/** @throws OssTimeoutError when nothing moves, its answer's body included; what ky throws; or the signal's reason. */
async function ask({ method, url, headers, body, signal, stallMs }: TransportRequest) {
  const stall = new AbortController()
  const stallTimer = createStallTimer(systemClock, () => stall.abort())
  const moved = () => stallTimer.restart(stallMs)
  try {
    moved()
    const response = await ky(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([signal, stall.signal]),
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
      credentials: 'omit',
      cache: 'no-store',
    })
    const text = await textOf(response, moved)
    const header = (name: string) => response.headers.get(name) ?? undefined
    return { status: response.status, header, body: text }
  } catch (error) {
    throw stall.signal.aborted ? noAnswer(url, stallMs) : error
  } finally {
    stallTimer.stop()
  }
}

/** Piece by piece: an answer that comes slowly is no stall. */
async function textOf(response: Response, onPiece: () => void): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let piece = await reader?.read(); piece?.value; piece = await reader?.read()) {
    onPiece()
    text += decoder.decode(piece.value, { stream: true })
  }
  return text + decoder.decode()
}

/**
 * Script cannot tell a refused CORS check from a dead line; a request whose answer nobody may read can. Once a byte was sent the
 * preflight had passed: then a plain request tells whether answers can be read, or the line broke under the body.
 */
async function isUnreadable(origin: string, sentBytes: number): Promise<boolean> {
  if (!browserConnection.isOnline()) return false
  if (sentBytes > 0 && (await isAnswered(origin, 'cors'))) return false
  return isAnswered(origin, 'no-cors')
}

function networkError(origin: string, isCors: boolean, error: unknown): OssNetworkError {
  const cause = causeWithoutRequest(error)
  if (isCors) {
    return new OssNetworkError(
      `${origin} answers, but this page may not read it: check that the bucket exists in this region, and that its CORS rule allows origin ${location.origin}, methods GET, PUT, POST, DELETE, HEAD and headers *.`,
      { code: 'cors', retryable: true, cause },
    )
  }
  const cure = browserConnection.isOnline()
    ? "check the network, the option endpoint, and connect-src in the page's CSP"
    : 'this device is offline'
  return new OssNetworkError(`No answer from ${origin}: ${cure}.`, {
    code: 'network',
    retryable: true,
    cause,
  })
}

async function isAnswered(origin: string, mode: RequestMode): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PROBE_WITHIN_MS)
    await fetch(origin, { mode, credentials: 'omit', cache: 'no-store', signal })
    return true
  } catch {
    return false
  }
}

function noAnswer(url: string, stallMs: number): OssTimeoutError {
  return new OssTimeoutError(
    `No answer from ${new URL(url).origin} within ${stallMs / 1000} s; check the network.`,
    { code: 'timeout', retryable: true },
  )
}
