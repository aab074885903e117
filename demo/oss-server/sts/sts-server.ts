import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { KeyRing, Policy } from '../keys.js'
import { listenOnLoopback } from '../listen.js'
import { createAssumeRole } from './assume-role.js'
import { createAuthenticator } from './authenticate.js'
import { queryOf, readRpcCall } from './rpc-call.js'
import { StsError } from './sts-error.js'
import { errorReply, type StsFormat, type StsReply, successReply } from './sts-reply.js'

export interface StsServerOptions {
  /** 0: any free port. */
  port: number
  /** Where minted keys go, so that the OSS server knows them. */
  keys: KeyRing
  /** Milliseconds since the epoch. */
  now: () => number
  /** What the assumed role may do, before the session policy narrows it; absent: everything. */
  rolePolicy?: Policy
  /** The one key that may assume roles. */
  trusted: { accessKeyId: string; accessKeySecret: string }
}

export interface StsServer {
  /** `http://localhost:PORT` */
  endpoint: string
  close(): Promise<void>
}

/**
 * Starts a local STS that knows one action, AssumeRole, and checks what the real one checks.
 *
 * @throws when the port is taken.
 */
export async function startStsServer(options: StsServerOptions): Promise<StsServer> {
  const authenticate = createAuthenticator(options)
  const assumeRole = createAssumeRole(options)

  async function answer(request: IncomingMessage): Promise<StsReply> {
    const requestId = randomUUID().toUpperCase()
    let format = formatOf(queryOf(request).get('Format'))
    try {
      const call = await readRpcCall(request)
      format = formatOf(call.parameters.get('Format'))
      authenticate(call)
      return successReply(format, requestId, assumeRole(call.parameters))
    } catch (error) {
      return errorReply(format, requestId, request.headers.host ?? '', asStsError(error, request))
    }
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, contentType, body } = await answer(request)
    if (request.errored) return
    // What is left of a refused body would be read as the next request of this connection.
    if (!request.complete) response.setHeader('Connection', 'close')
    response.writeHead(status, {
      'Content-Type': contentType,
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
    })
    response.end(body)
  }

  const { port, close } = await listenOnLoopback(options.port, () =>
    createServer((request, response) => void respond(request, response)),
  )
  return { endpoint: `http://localhost:${port}`, close }
}

function formatOf(value: string | null | undefined): StsFormat {
  return value?.toUpperCase() === 'XML' ? 'XML' : 'JSON'
}

function asStsError(error: unknown, request: IncomingMessage): StsError {
  if (error instanceof StsError) return error
  // Whoever hung up in mid-sentence is no failure of ours.
  if (!request.errored) console.error('The local STS failed:', error)
  return new StsError(500, 'InternalError', 'STS Server Internal Error happened.')
}
