import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ConnectionDrop, type FaultSource, type FaultTarget } from '../oss-server/faults.js'
import { OssError } from '../oss-server/oss-error.js'
import { sendReply } from '../oss-server/send-reply.js'
import { HttpError } from './http-error.js'
import type { OriginGuard } from './origin-guard.js'
import type { Answer, Route } from './routes.js'
import { StsFailure, type StsFailureKind } from './sts-failure.js'

export interface ApiDeps {
  routes: ReadonlyMap<string, Readonly<Record<string, Route>>>
  guard: OriginGuard
  /** For the operator: reasons that no browser may hear. */
  log: (line: string) => void
  faults: FaultSource
}

export interface Api {
  has(path: string): boolean
  handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void>
}

/** From request to answer: who may ask, which route, and how a failure is told. */
export function createApi({ routes, guard, log, faults }: ApiDeps): Api {
  async function answerTo(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Answer | 'preflight'> {
    const methods = routes.get(path)
    if (!methods) throw new HttpError(404, 'not_found', 'There is nothing here.')
    guard.admit(request, response)
    const allow = Object.keys(methods).join(', ')
    if (request.method === 'OPTIONS' && response.hasHeader('Access-Control-Allow-Origin')) {
      response.setHeader('Access-Control-Allow-Methods', allow)
      response.setHeader('Access-Control-Allow-Headers', 'Content-Type')
      return 'preflight'
    }
    const route = methods[request.method ?? '']
    if (!route) {
      throw new HttpError(405, 'method_not_allowed', `Use ${allow}.`, { Allow: allow })
    }
    return route({ request, response, query: queryOf(request) })
  }

  async function handle(path: string, request: IncomingMessage, response: ServerResponse) {
    const requestId = randomUUID()
    const target = { operation: path, method: request.method ?? '', query: queryOf(request) }
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('Vary', 'Origin, Cookie')
    response.setHeader('X-Request-Id', requestId)
    try {
      await faults.beforeAuth?.(target)
      const answer = await answerTo(path, request, response)
      if (answer === 'preflight') response.writeHead(204).end()
      else if ('redirectTo' in answer)
        response.writeHead(302, { Location: answer.redirectTo }).end()
      else await sendJson(response, target, 200, answer.json)
    } catch (error) {
      // Whoever hung up in mid-sentence is no failure of ours, and no longer there to be told.
      if (request.errored) return
      if (error instanceof ConnectionDrop) return void request.socket.destroy()
      const { status, code, message, headers } = asHttpError(error, requestId)
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      // What is left of a refused body would be read as the next request of this connection.
      if (!request.complete) response.setHeader('Connection', 'close')
      const told = sendJson(response, target, status, { code, message, requestId })
      await told.catch(() => request.socket.destroy())
    }
  }

  async function sendJson(
    response: ServerResponse,
    target: FaultTarget,
    status: number,
    value: unknown,
  ): Promise<void> {
    const headers = { 'Content-Type': 'application/json; charset=utf-8' }
    const reply = { status, headers, body: JSON.stringify(value) }
    await sendReply(response, (await faults.response?.(target, reply)) ?? reply, {})
  }

  function asHttpError(error: unknown, requestId: string): HttpError {
    if (error instanceof HttpError) return error
    if (error instanceof OssError) return new HttpError(error.status, error.code, error.message)
    if (error instanceof StsFailure) {
      log(`${requestId} AssumeRole failed (${error.kind}): ${error.message}`)
      return STS_ANSWERS[error.kind]
    }
    log(`${requestId} ${error instanceof Error ? error.stack : error}`)
    return new HttpError(500, 'internal', 'The app server failed; its log says why.')
  }

  const has = (path: string) => routes.has(path) || path.startsWith('/api/')
  return { has, handle }
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const mark = url.indexOf('?')
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
}

const STS_ANSWERS: Readonly<Record<StsFailureKind, HttpError>> = {
  throttled: new HttpError(503, 'sts_throttled', 'Too many credentials are being asked for.', {
    'Retry-After': '2',
  }),
  unavailable: new HttpError(503, 'sts_unavailable', 'Credentials cannot be had right now.', {
    'Retry-After': '2',
  }),
  misconfigured: new HttpError(
    500,
    'sts_misconfigured',
    'The app server may not hand out credentials; its log says why.',
  ),
}
