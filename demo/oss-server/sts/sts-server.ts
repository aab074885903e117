import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { ConnectionDrop, type FaultSource, type FaultTarget } from '../faults.js'
import type { KeyRing, Policy } from '../keys.js'
import { listenOnLoopback } from '../listen.js'
import { OssError } from '../oss-error.js'
import type { Reply } from '../reply.js'
import { sendReply } from '../send-reply.js'
import { createAssumeRole } from './assume-role.js'
import { createAuthenticator } from './authenticate.js'
import { queryOf, readRpcCall } from './rpc-call.js'
import { StsError } from './sts-error.js'
import { errorReply, type StsFormat, successReply } from './sts-reply.js'

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
  /** Of its points only `beforeAuth` and `response` are passed. */
  faults?: FaultSource
}

export interface StsServer {
  /** `http://localhost:PORT` */
  endpoint: string
  close(): Promise<void>
  refuseConnections(): () => Promise<void>
}

/**
 * Starts a local STS that knows one action, AssumeRole, and checks what the real one checks.
 *
 * @throws when the port is taken.
 */
export async function startStsServer(options: StsServerOptions): Promise<StsServer> {
  const authenticate = createAuthenticator(options)
  const assumeRole = createAssumeRole(options)

  const { faults = {} } = options

  async function answer(request: IncomingMessage, target: FaultTarget): Promise<Reply> {
    const requestId = randomUUID().toUpperCase()
    let format = formatOf(target.query.get('Format'))
    try {
      await faults.beforeAuth?.(target)
      const call = await readRpcCall(request)
      format = formatOf(call.parameters.get('Format'))
      authenticate(call)
      return successReply(format, requestId, assumeRole(call.parameters))
    } catch (error) {
      return errorReply(format, requestId, request.headers.host ?? '', asStsError(error, request))
    }
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '' } = request
    const target = { operation: 'AssumeRole', method, query: queryOf(request) }
    const answered = await answer(request, target)
    const reply = (await faults.response?.(target, answered)) ?? answered
    if (request.errored) return
    // What is left of a refused body would be read as the next request of this connection.
    if (!request.complete) response.setHeader('Connection', 'close')
    await sendReply(response, reply, { 'Cache-Control': 'no-store' })
  }

  function serve(request: IncomingMessage, response: ServerResponse): void {
    // Whoever hangs up while it is answered must not end the server.
    response.on('error', () => {})
    respond(request, response).catch((error: unknown) => {
      if (!(error instanceof ConnectionDrop))
        console.error('The local STS failed to answer:', error)
      request.socket.destroy()
    })
  }

  const { port, close, refuseConnections } = await listenOnLoopback(options.port, () =>
    createServer(serve),
  )
  return { endpoint: `http://localhost:${port}`, close, refuseConnections }
}

function formatOf(value: string | null | undefined): StsFormat {
  return value?.toUpperCase() === 'XML' ? 'XML' : 'JSON'
}

function asStsError(error: unknown, request: IncomingMessage): StsError {
  if (error instanceof ConnectionDrop) throw error
  if (error instanceof StsError) return error
  if (error instanceof OssError) return new StsError(error.status, error.code, error.message)
  // Whoever hung up in mid-sentence is no failure of ours.
  if (!request.errored) console.error('The local STS failed:', error)
  return new StsError(500, 'InternalError', 'STS Server Internal Error happened.')
}
