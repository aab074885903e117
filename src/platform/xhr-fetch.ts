import { OssNetworkError, OssTimeoutError } from '../errors.js'
import { createStallTimer } from './stall-timer.js'
import { systemClock } from './system-clock.js'

interface XhrUpload {
  readonly body: Blob
  readonly stallMs: number
  readonly onProgress?: ((sentBytes: number) => void) | undefined
}

/**
 * A `fetch` for one request with a body: XMLHttpRequest alone tells how far an upload is. The Blob travels in the closure,
 * because a `Request` that holds it would load all of it into memory when asked for it back.
 */
export function xhrFetch(upload: XhrUpload) {
  return (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    return new Promise((resolve, reject) => send(request, upload, resolve, reject))
  }
}

function send(
  request: Request,
  { body, stallMs, onProgress }: XhrUpload,
  resolve: (response: Response) => void,
  reject: (reason: unknown) => void,
): void {
  const { signal } = request
  if (signal.aborted) {
    reject(signal.reason)
    return
  }
  const xhr = new XMLHttpRequest()

  const settle = (finish: () => void) => {
    stallTimer.stop()
    signal.removeEventListener('abort', onAbort)
    finish()
  }
  const onAbort = () => {
    xhr.abort()
    settle(() => reject(signal.reason))
  }
  const stallTimer = createStallTimer(systemClock, (ms) => {
    xhr.abort()
    settle(() => reject(stalled(ms)))
  })

  signal.addEventListener('abort', onAbort, { once: true })
  xhr.open(request.method, request.url)
  request.headers.forEach((value, name) => {
    xhr.setRequestHeader(name, value)
  })
  xhr.upload.onprogress = (event) => {
    stallTimer.restart(stallMs)
    onProgress?.(event.loaded)
  }
  // Handed over, but a line that buffers may still be sending it.
  xhr.upload.onload = () => stallTimer.restart(ANSWER_STALLS * stallMs)
  xhr.onprogress = () => stallTimer.restart(stallMs)
  xhr.onerror = () => settle(() => reject(new OssNetworkError('', NETWORK)))
  xhr.onload = () =>
    settle(() => {
      try {
        resolve(responseOf(xhr))
      } catch {
        // A status that no Response can carry did not come from OSS.
        reject(new OssNetworkError('', NETWORK))
      }
    })
  // It may stand in line for one of the browser's connections: that is no stall yet.
  stallTimer.restart(FIRST_BYTE_STALLS * stallMs)
  xhr.send(body)
}

/**
 * How many stalls long the first byte may take, behind a preflight and in the browser's line, which other tabs stand in too. Nobody
 * tells when it leaves the line; one who gives up there has sent nothing, and one who waits longer does not see a dead line.
 */
const FIRST_BYTE_STALLS = 2
/** How many stalls long the answer may take. */
const ANSWER_STALLS = 4
const NETWORK = { code: 'network', retryable: true } as const

function stalled(stallMs: number): OssTimeoutError {
  return new OssTimeoutError(`No byte moved for ${stallMs / 1000} s; check the network.`, {
    code: 'timeout',
    retryable: true,
  })
}

function responseOf(xhr: XMLHttpRequest): Response {
  const headers = new Headers()
  for (const line of xhr.getAllResponseHeaders().trim().split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  const hasNoBody = [204, 205, 304].includes(xhr.status)
  return new Response(hasNoBody ? null : xhr.responseText, { status: xhr.status, headers })
}
