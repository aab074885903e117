import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { OssError } from './oss-error.js'

export interface RequestBody {
  /** As announced; `undefined` for chunked bodies. */
  readonly length: number | undefined
  readonly isChunked: boolean
  readonly bytesReceived: number
  /** The client waits for `100 Continue` before it sends them. */
  readonly isAwaited: boolean
  /** The bytes. Ends in an `OssError` when they stop coming or stop early; never destroys the connection. */
  open(): Readable
  /** No more bytes will come, though more were announced. */
  cutShort(): void
  /** Lets what is still coming go by: a client that cannot send never reads why it was refused. */
  dump(): void
}

export interface RequestBodyOptions {
  incoming: IncomingMessage
  /** Answers `Expect: 100-continue`, when somebody wants the bytes at last. */
  sendContinue: ServerResponse | undefined
  stallMs: number
}

export function createRequestBody(options: RequestBodyOptions): RequestBody {
  const { incoming, sendContinue, stallMs } = options
  const announced = incoming.headers['content-length']
  let bytesReceived = 0
  let isAwaited = sendContinue !== undefined
  let isCut = false
  let stream: Readable | undefined
  let stall: NodeJS.Timeout | undefined

  function waitForBytes(): void {
    clearTimeout(stall)
    stall = setTimeout(() => stream?.destroy(requestTimeout()), stallMs)
  }

  function open(): Readable {
    incoming.pause()
    const body = new Readable({
      read() {
        waitForBytes()
        incoming.resume()
      },
      destroy(error, done) {
        clearTimeout(stall)
        incoming.off('data', take)
        done(error)
      },
    })
    function take(chunk: Buffer): void {
      bytesReceived += chunk.length
      if (body.push(chunk)) {
        waitForBytes()
      } else {
        clearTimeout(stall)
        incoming.pause()
      }
    }
    // A message may be complete and yet be lost: what was not read when the connection broke never comes.
    function giveUpUnread(): void {
      if (!incoming.readableEnded) body.destroy(incompleteBody())
    }
    // Whoever reads it meets the error then; before that nobody need be listening.
    body.on('error', () => {})
    stream = body
    incoming.on('data', take)
    incoming.once('end', () => {
      clearTimeout(stall)
      body.push(null)
    })
    // Without a listener an aborted upload would be an uncaught exception; 'close' tells us as well.
    incoming.on('error', () => {})
    incoming.once('close', giveUpUnread)
    if (isCut) body.destroy(incompleteBody())
    if (incoming.destroyed) giveUpUnread()
    if (isAwaited) sendContinue?.writeContinue()
    isAwaited = false
    return body
  }

  return {
    length: announced === undefined ? undefined : Number(announced),
    isChunked: incoming.headers['transfer-encoding'] !== undefined,
    get bytesReceived() {
      return bytesReceived
    },
    get isAwaited() {
      return isAwaited
    },
    open,
    cutShort() {
      isCut = true
      stream?.destroy(incompleteBody())
    },
    dump() {
      stream?.destroy()
      incoming.resume()
    },
  }
}

function incompleteBody(): OssError {
  const message =
    'You did not provide the number of bytes specified by the Content-Length HTTP header.'
  return new OssError(400, 'IncompleteBody', message)
}

function requestTimeout(): OssError {
  const message =
    'Your socket connection to the server was not read from or written to within the timeout period.'
  return new OssError(400, 'RequestTimeout', message)
}
