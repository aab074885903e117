import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Readable } from 'node:stream'
import { type AnswerDeps, answer, type Progress } from './answer.js'
import { ConnectionDrop } from './faults.js'
import { errorXml, OssError } from './oss-error.js'
import { type OssRequest, readRequest } from './oss-request.js'
import type { Reply } from './reply.js'
import { createRequestBody, type RequestBody } from './request-body.js'
import { sendReply } from './send-reply.js'

/** One answered request, as tests and people want to see it. */
export interface RequestRecord {
  method: string
  /** As OSS names it; `Preflight`, or `Unknown` for what this server does not do. */
  operation: string
  bucket?: string
  key?: string
  query: Record<string, string>
  status: number
  /** The error code, if it is one. */
  code?: string
  bytesReceived: number
}

export interface ExchangeDeps extends AnswerDeps {
  now: () => number
  /** How long a body may stand still. */
  stallMs: number
  record: (request: RequestRecord) => void
}

export interface Exchanges {
  handle(incoming: IncomingMessage, outgoing: ServerResponse, expectsContinue: boolean): void
  /** The client ended its side of the connection in the middle of a body. `false`: nobody is reading one. */
  cutShort(socket: Duplex): boolean
  /** Resolves when everything under way has been cleaned up. */
  settled(): Promise<void>
}

export function createExchanges(deps: ExchangeDeps): Exchanges {
  const running = new Set<Promise<void>>()
  const bodies = new WeakMap<Duplex, RequestBody>()
  return {
    handle(incoming, outgoing, expectsContinue) {
      // A client that leaves while it is answered must not end the server.
      outgoing.on('error', () => {})
      // It says its own time.
      outgoing.sendDate = false
      const body = createRequestBody({
        incoming,
        sendContinue: expectsContinue ? outgoing : undefined,
        stallMs: deps.stallMs,
      })
      bodies.set(incoming.socket, body)
      const exchange = run(deps, incoming, outgoing, body)
        .catch((error: unknown) => {
          console.error('The local OSS server failed to answer:', error)
          outgoing.destroy()
        })
        .finally(() => {
          running.delete(exchange)
          if (bodies.get(incoming.socket) === body) bodies.delete(incoming.socket)
        })
      running.add(exchange)
    },
    cutShort(socket) {
      const body = bodies.get(socket)
      body?.cutShort()
      return body !== undefined
    },
    settled: async () => void (await Promise.all(running)),
  }
}

async function run(
  deps: ExchangeDeps,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body: RequestBody,
): Promise<void> {
  const started = performance.now()
  const request = readRequest(incoming, deps.now())
  const { method, query } = request
  const progress: Progress = { target: { operation: 'Unknown', method, query }, corsHeaders: {} }
  try {
    let reply = await answer(deps, request, body, progress).catch((error: unknown) =>
      errorReply(error, request),
    )
    const own = { 'x-oss-request-id': request.id, ...progress.corsHeaders }
    reply = { ...reply, headers: { ...own, ...reply.headers } }
    reply = (await deps.faults.response?.(progress.target, reply)) ?? reply
    if (incoming.socket.destroyed) return discard(reply)
    deps.record(recordOf(progress, request, reply, body))
    if (isBodyLost(reply, body)) outgoing.shouldKeepAlive = false
    await sendReply(outgoing, reply, {
      Server: 'AliyunOSS',
      Date: new Date(request.now).toUTCString(),
      'x-oss-server-time': String(Math.round(performance.now() - started)),
    })
    body.dump()
  } catch (error) {
    if (!(error instanceof ConnectionDrop)) throw error
    incoming.socket.destroy()
  }
}

function errorReply(error: unknown, request: OssRequest): Reply {
  if (error instanceof ConnectionDrop) throw error
  if (!(error instanceof OssError)) console.error('The local OSS server failed:', error)
  const known =
    error instanceof OssError
      ? error
      : new OssError(500, 'InternalError', 'We encountered an internal error. Please try again.')
  const xml = errorXml(known, request.id, request.host)
  const headers: Record<string, string> = known.ec === undefined ? {} : { 'x-oss-ec': known.ec }
  if (known.status === 304) {
    const { ETag } = known.details
    if (ETag !== undefined) headers['ETag'] = String(ETag)
    return { status: 304, headers, code: known.code }
  }
  if (request.method === 'HEAD') headers['x-oss-err'] = Buffer.from(xml).toString('base64')
  headers['Content-Type'] = 'application/xml'
  return { status: known.status, headers, body: xml, code: known.code }
}

/** After a body that stopped coming, or one that was never asked for, the connection says nothing more. */
function isBodyLost({ code }: Reply, { isAwaited }: RequestBody): boolean {
  return code === 'RequestTimeout' || code === 'IncompleteBody' || isAwaited
}

function recordOf(
  { target }: Progress,
  request: OssRequest,
  { status, code }: Reply,
  { bytesReceived }: RequestBody,
): RequestRecord {
  return {
    ...target,
    query: Object.fromEntries(request.query),
    status,
    ...(code === undefined ? {} : { code }),
    bytesReceived,
  }
}

function discard({ body }: Reply): void {
  if (body instanceof Readable) body.destroy()
}
