import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** A request as it came over the wire, before anybody judged it. */
export interface OssRequest {
  /** What `x-oss-request-id` will say. */
  readonly id: string
  readonly method: string
  readonly host: string
  /** Still percent-encoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names; values with one character for each byte. */
  readonly headers: Readonly<Record<string, string>>
  readonly sourceIp: string
  /** The server's clock at arrival, milliseconds since the epoch. */
  readonly now: number
}

export function readRequest(incoming: IncomingMessage, now: number): OssRequest {
  const url = incoming.url ?? '/'
  const mark = url.indexOf('?')
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return {
    id: randomBytes(12).toString('hex').toUpperCase(),
    method: incoming.method ?? 'GET',
    host: headers['host'] ?? '',
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers,
    sourceIp: (incoming.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, ''),
    now,
  }
}
