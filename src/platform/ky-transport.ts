import ky from 'ky'
import type { Transport, TransportRequest } from '../environment.js'
import { causeWithoutRequest, OssNetworkError, OssTimeoutError } from '../errors.js'
import { xhrFetch } from './xhr-fetch.js'

const PROBE_WITHIN_MS = 5_000

/** Requests by ky, its retries off: the task decides on those. Bodies that need progress go by XMLHttpRequest. */
export function createKyTransport(): Transport {
  /** Origins whose answers this page has read: a later failure there is the line's, not CORS's. */
  const readable = new Set<string>()

  return {
    async send(request) {
      const { origin } = new URL(request.url)
      const timeout = isBlob(request.body) ? undefined : AbortSignal.timeout(request.stallMs)
      try {
        const response = await ky(request.url, kyOptions(request, timeout))
        const body = await response.text()
        readable.add(origin)
        return {
          status: response.status,
          header: (name) => response.headers.get(name) ?? undefined,
          body,
        }
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason
        if (error instanceof OssTimeoutError) throw error
        if (timeout?.aborted) throw noAnswer(origin, request.stallMs)
        throw await networkError(origin, readable.has(origin), error)
      }
    },
  }
}

/** A file of another frame is no instance of this one's Blob. */
function isBlob(body: Blob | string | undefined): body is Blob {
  return typeof body === 'object'
}

/** @param timeout - Ends a request whose body needs no progress, its answer's body included. */
function kyOptions(request: TransportRequest, timeout: AbortSignal | undefined) {
  const { method, headers, body, signal, stallMs, onProgress } = request
  const common = {
    method,
    headers,
    signal: timeout ? AbortSignal.any([signal, timeout]) : signal,
    retry: 0,
    timeout: false,
    throwHttpErrors: false,
    credentials: 'omit',
    cache: 'no-store',
  } as const
  if (isBlob(body)) return { ...common, fetch: xhrFetch({ body, stallMs, onProgress }) }
  return body === undefined ? common : { ...common, body }
}

/** Script cannot tell a refused CORS check from a dead line; a request whose answer nobody may read can. */
async function networkError(origin: string, wasReadable: boolean, error: unknown) {
  const cause = causeWithoutRequest(error)
  if (!wasReadable && navigator.onLine && (await isReachable(origin))) {
    return new OssNetworkError(
      `${origin} answers, but this page may not read it: check that the bucket exists in this region, and that its CORS rule allows origin ${location.origin}, methods GET, PUT, POST, DELETE, HEAD and headers *.`,
      { code: 'cors', retryable: true, cause },
    )
  }
  const cure = navigator.onLine
    ? "check the network, the option endpoint, and connect-src in the page's CSP"
    : 'this device is offline'
  return new OssNetworkError(`No answer from ${origin}: ${cure}.`, {
    code: 'network',
    retryable: true,
    cause,
  })
}

async function isReachable(origin: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PROBE_WITHIN_MS)
    await fetch(origin, { mode: 'no-cors', credentials: 'omit', cache: 'no-store', signal })
    return true
  } catch {
    return false
  }
}

function noAnswer(origin: string, stallMs: number): OssTimeoutError {
  return new OssTimeoutError(
    `No answer from ${origin} within ${stallMs / 1000} s; check the network.`,
    { code: 'timeout', retryable: true },
  )
}
