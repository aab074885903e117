import { createHash, createHmac } from 'node:crypto'
import { canonicalParameters } from './percent-encode.js'

export const ACS3_ALGORITHM = 'ACS3-HMAC-SHA256'

export interface Acs3Request {
  method: string
  /** The decoded parameters of the query; those of a form body are covered by the hash of the body. */
  query: Iterable<readonly [string, string]>
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>
  signedHeaders: readonly string[]
  body: Uint8Array
}

/** Hex signature of a request to `/` (the vendor's "V3 request body & signature mechanism"). */
export function acs3Signature(request: Acs3Request, secret: string): string {
  const names = [...request.signedHeaders].sort()
  const canonicalRequest = [
    request.method,
    '/',
    canonicalParameters(request.query),
    names.map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`).join(''),
    names.join(';'),
    sha256Hex(request.body),
  ].join('\n')
  return createHmac('sha256', secret)
    .update(`${ACS3_ALGORITHM}\n${sha256Hex(canonicalRequest)}`)
    .digest('hex')
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}
