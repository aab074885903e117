import ky, { TimeoutError } from 'ky'
import type { Transport, TransportRequest } from '../environment.js'
import { isOssUploadError, OssNetworkError, OssTimeoutError } from '../errors.js'
import { xhrFetch } from './xhr-fetch.js'

const PROBE_WITHIN_MS = 5_000

/** Requests by ky, its retries off: the task decides on those. Bodies that need progress go by XMLHttpRequest. */
export function createKyTransport(): Transport {
  /** Origins whose answers this page has read: a later failure there is the line's, not CORS's. */
  const readable = new Set<string>()

  return {
    async send(request) {
      const { origin } = new URL(request.url)
      try {
        const response = await ky(request.url, kyOptions(request))
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
        if (error instanceof TimeoutError) throw noAnswer(origin, request.stallMs)
        throw await networkError(origin, readable.has(origin), error)
      }
    },
  }
}

function kyOptions({ method, headers, body, signal, stallMs, onProgress }: TransportRequest) {
  const common = {
    method,
    headers,
    signal,
    retry: 0,
    throwHttpErrors: false,
    credentials: 'omit',
    cache: 'no-store',
  } as const
  if (body instanceof Blob) {
    return { ...common, timeout: false, fetch: xhrFetch({ body, stallMs, onProgress }) } as const
  }
  return { ...common, timeout: stallMs, ...(body === undefined ? {} : { body }) } as const
}

/** Script cannot tell a refused CORS check from a dead line; a request whose answer nobody may read can. */
async function networkError(origin: string, wasReadable: boolean, error: unknown) {
  const cause = isOssUploadError(error) ? undefined : error
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
