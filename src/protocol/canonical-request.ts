import { encodeComponent, encodeKey } from './encoding.js'

/** What browsers take off a header value; `trim()` would take more. */
const HTTP_SPACE_AROUND = /^[\t ]+|[\t ]+$/g

/** A query parameter; without a value it is a sub-resource such as `?uploads`. */
export type QueryParameter = readonly [name: string, value?: string]

/** The only payload hash OSS accepts: the body is not part of the signature. */
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** What a V4 signature covers. */
export interface SignedRequest {
  readonly method: string
  readonly bucket: string
  /** The raw, unencoded key; absent for a request on the bucket itself. */
  readonly key?: string | undefined
  readonly query: readonly QueryParameter[]
  /** Lower-case names, the values exactly as they go on the wire. */
  readonly headers: Readonly<Record<string, string>>
  /** Further header names to sign; `content-type`, `content-md5` and `x-oss-*` always are. */
  readonly additionalHeaders?: readonly string[]
}

/** The bucket is part of the path that is signed, in every addressing style. */
export function canonicalUri(bucket: string, key = ''): string {
  return `/${bucket}/${encodeKey(key)}`
}

/** Sorted by encoded name; an absent or empty value leaves the bare name. The same string goes into the URL. */
export function canonicalQuery(query: readonly QueryParameter[]): string {
  return query
    .map(([name, value]) => [encodeComponent(name), value ? `=${encodeComponent(value)}` : ''])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0))
    .map((pair) => pair.join(''))
    .join('&')
}

/** @see OSS "Include a V4 signature in the Authorization header", CanonicalRequest. */
export function canonicalRequest(request: SignedRequest): string {
  const additional = additionalHeaderNames(request)
  const headers = Object.entries(request.headers)
    .filter(([name]) => isAlwaysSigned(name) || additional.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.replace(HTTP_SPACE_AROUND, '')}\n`)
  return [
    request.method,
    canonicalUri(request.bucket, request.key),
    canonicalQuery(request.query),
    headers.join(''),
    additional.join(';'),
    UNSIGNED_PAYLOAD,
  ].join('\n')
}

export function additionalHeaderNames(request: SignedRequest): string[] {
  const names = (request.additionalHeaders ?? []).map((name) => name.toLowerCase())
  return [...new Set(names)].filter((name) => !isAlwaysSigned(name)).sort()
}

function isAlwaysSigned(name: string): boolean {
  return name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-')
}
