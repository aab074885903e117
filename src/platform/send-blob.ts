import type { TransportReply, TransportRequest } from '../environment.js'
import { OssNetworkError, OssTimeoutError } from '../errors.js'
import { seesEdits } from './sees-edits.js'
import type { SmallSlices } from './small-slices.js'
import { createStallTimer } from './stall-timer.js'
import { systemClock } from './system-clock.js'

export type BlobRequest = TransportRequest & { readonly body: Blob }

/**
 * Sends a body from the disk, and watches over it: XMLHttpRequest alone tells how far an upload is.
 *
 * @throws OssNetworkError without a message when there was no answer, OssTimeoutError, or the signal's reason.
 */
export function sendBlob(request: BlobRequest, smallSlices: SmallSlices): Promise<TransportReply> {
  return new Promise((resolve, reject) => send(request, smallSlices, resolve, reject))
}

function send(
  { method, url, headers, body, signal, stallMs, onProgress }: BlobRequest,
  smallSlices: SmallSlices,
  resolve: (reply: TransportReply) => void,
  reject: (reason: unknown) => void,
): void {
  if (signal.aborted) {
    reject(signal.reason)
    return
  }
  const xhr = new XMLHttpRequest()
  let isOver = false

  const settle = (finish: () => void) => {
    isOver = true
    stallTimer.stop()
    signal.removeEventListener('abort', onAbort)
    finish()
  }
  const giveUp = (reason: unknown) => {
    xhr.abort()
    settle(() => reject(reason))
  }
  const onAbort = () => giveUp(signal.reason)
  const onLost = () => giveUp(new OssNetworkError('', { code: 'network', retryable: true }))
  const stallTimer = createStallTimer(systemClock, (ms) => giveUp(stalled(ms)))

  signal.addEventListener('abort', onAbort, { once: true })
  xhr.open(method, url)
  for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value)
  xhr.upload.onprogress = (event) => {
    stallTimer.restart(stallMs)
    onProgress?.(event.loaded)
  }
  // Handed over, but a line that buffers may still be sending it.
  xhr.upload.onload = () => stallTimer.restart(ANSWER_STALLS * stallMs)
  xhr.onprogress = () => stallTimer.restart(stallMs)
  xhr.onerror = onLost
  xhr.onload = () => settle(() => resolve(replyOf(xhr)))
  // It may stand in line for one of the browser's connections: that is no stall yet.
  stallTimer.restart(FIRST_BYTE_STALLS * stallMs)
  const bytes = smallSlices.take(body)
  const sendNow = (read: Uint8Array<ArrayBuffer> | Blob) => {
    if (!isOver) xhr.send(read)
  }
  // Why it could not be read is found out when it cannot be sent.
  if (bytes) bytes.then(sendNow, () => sendNow(body))
  else sendNow(body)
  // Firefox (seen in 153) sends the head of a request whose file is gone, and then stands still.
  if (!seesEdits()) body.slice(0, 1).text().catch(onLost)
}

/**
 * How many stalls long the first byte may take, behind a preflight and in the browser's line, which other tabs stand in too. Nobody
 * tells when it leaves the line; one who gives up there has sent nothing, and one who waits longer does not see a dead line.
 */
const FIRST_BYTE_STALLS = 2
/** How many stalls long the answer may take. */
const ANSWER_STALLS = 4

function stalled(stallMs: number): OssTimeoutError {
  return new OssTimeoutError(`No byte moved for ${stallMs / 1000} s; check the network.`, {
    code: 'timeout',
    retryable: true,
  })
}

function replyOf(xhr: XMLHttpRequest): TransportReply {
  const headers = new Map<string, string>()
  // To ask for one that CORS hides would be noted in the console.
  for (const line of xhr.getAllResponseHeaders().trim().split(/\r?\n/)) {
    const colon = line.indexOf(':')
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return { status: xhr.status, header: (name) => headers.get(name), body: xhr.responseText }
}
