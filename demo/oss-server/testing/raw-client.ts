import http from 'node:http'
import { Readable } from 'node:stream'
import {
  canonicalRequest,
  encodeKey,
  percentEncode,
  sign,
  stringToSign,
} from '../canonical-request.js'
import type { OssServer } from '../server.js'
import { loopbackAgent } from './loopback-agent.js'
import { BUCKET, OWNER, REGION } from './test-server.js'

const agent = loopbackAgent()

export interface RawRequest {
  method?: string
  /** Default: the bucket's virtual host. */
  host?: string
  /** Percent-encoded, with the query. */
  path?: string
  headers?: Record<string, string>
  /** A stream is sent chunked. */
  body?: Buffer | string | Readable
}

export interface RawReply {
  status: number
  headers: Record<string, string>
  body: Buffer
  text: string
}

/** Exactly these headers and nothing else, so that a test sees what the server does with them. */
export async function send(server: OssServer, request: RawRequest): Promise<RawReply> {
  const { port } = new URL(server.endpoint)
  const { method = 'GET', host = `${BUCKET}.localhost:${port}`, path = '/', body } = request
  const isStream = body instanceof Readable
  const length: Record<string, string> =
    body === undefined || isStream ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
  return new Promise((resolve, reject) => {
    const headers = { Host: host, ...length, ...request.headers }
    const outgoing = http.request({ agent, host: 'localhost', port, method, path, headers })
    outgoing.on('error', reject)
    outgoing.once('response', (incoming) => {
      read(incoming).then(resolve, reject)
    })
    if (isStream) body.pipe(outgoing)
    // As bytes: Node would write the headers in the encoding of a text that goes with them.
    else outgoing.end(body === undefined ? undefined : Buffer.from(body))
  })
}

async function read(incoming: http.IncomingMessage): Promise<RawReply> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers as Record<string, string>,
    body,
    text: body.toString('utf8'),
  }
}

export interface Signer {
  accessKeyId: string
  accessKeySecret: string
  securityToken?: string
}

export interface SignedRequest {
  method?: string
  host?: string
  key?: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: Buffer | string | Readable
  /** The query as it is written on the wire, in place of our own way to write it. */
  search?: string
  /** In front of the key on the wire, not in the signature: the bucket in path style. */
  pathPrefix?: string
  /** Whose signature; default the owner's. */
  as?: Signer
  /** The signer's clock. */
  at?: number
}

/** The headers of a signed request, its signature among them. The server's own code signs: the known vectors have judged it. */
export function signedHeaders(request: SignedRequest): Record<string, string> {
  const { method = 'GET', key, query = {}, at = Date.now() } = request
  const as: Signer = request.as ?? OWNER
  const datetime = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')
  const headers: Record<string, string> = {
    ...Object.fromEntries(
      Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    'x-oss-date': datetime,
    'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
  }
  if (as.securityToken !== undefined) headers['x-oss-security-token'] = as.securityToken
  const entries = Object.entries(query)
  const parts = { method, bucket: BUCKET, key, query: entries, headers, additionalHeaders: [] }
  const text = stringToSign(canonicalRequest(parts), datetime, REGION)
  const date = datetime.slice(0, 8)
  const signature = sign(text, as.accessKeySecret, date, REGION)
  const scope = `${as.accessKeyId}/${date}/${REGION}/oss/aliyun_v4_request`
  headers['Authorization'] = `OSS4-HMAC-SHA256 Credential=${scope},Signature=${signature}`
  return headers
}

export function sendSigned(server: OssServer, request: SignedRequest): Promise<RawReply> {
  const { method = 'GET', key, query = {} } = request
  const headers = signedHeaders(request)
  const entries = Object.entries(query)
  const names = entries.map(([name, value]) =>
    value === '' ? percentEncode(name) : `${percentEncode(name)}=${percentEncode(value)}`,
  )
  const search = request.search ?? (names.length > 0 ? `?${names.join('&')}` : '')
  const path = `${request.pathPrefix ?? ''}/${encodeKey(key ?? '')}${search}`
  const { host, body } = request
  return send(server, {
    method,
    path,
    headers,
    ...(host === undefined ? {} : { host }),
    ...(body === undefined ? {} : { body }),
  })
}

/** Reads one element of an XML reply; enough for tests. */
export function element(reply: RawReply, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(reply.text)?.[1]
}
