import type { IncomingMessage } from 'node:http'
import { StsError } from './sts-error.js'

/** A request of the vendor's RPC style, read but not yet believed. */
export interface RpcCall {
  method: string
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>
  query: readonly (readonly [string, string])[]
  /** Query and form body together: the parameters may travel in either. */
  parameters: ReadonlyMap<string, string>
  body: Buffer
}

const MAX_BODY_BYTES = 64 * 1024

export async function readRpcCall(request: IncomingMessage): Promise<RpcCall> {
  const method = request.method ?? ''
  if (method !== 'GET' && method !== 'POST') {
    throw new StsError(405, 'UnsupportedHTTPMethod', 'This http method is not supported.')
  }
  const query = queryOf(request)
  if (request.url !== '/' && !request.url?.startsWith('/?')) throw unknownAction()
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value ?? ''].flat().join(',')]),
  )
  const body = await readBody(request)
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')
  const form = isForm ? new URLSearchParams(body.toString('utf8')) : []
  return {
    method,
    headers,
    query: [...query],
    parameters: uniqueParameters([...query, ...form]),
    body,
  }
}

export function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? ''
  const mark = url.indexOf('?')
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
}

export function unknownAction(): StsError {
  return new StsError(
    404,
    'InvalidAction.NotFound',
    'Specified api is not found, please check your url and method.',
  )
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  // Leaving the loop early must not take the connection down: the refusal still has to go out on it.
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    size += piece.length
    if (size > MAX_BODY_BYTES) {
      throw new StsError(413, 'RequestEntityTooLarge', 'The request body is too large.')
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** A parameter given twice could be read one way by the signature and another way by the action. */
function uniqueParameters(pairs: (readonly [string, string])[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (parameters.has(name)) {
      throw new StsError(400, 'InvalidParameter', `The parameter ${name} is given more than once.`)
    }
    parameters.set(name, value)
  }
  return parameters
}
