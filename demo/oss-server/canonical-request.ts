import { createHash, createHmac } from 'node:crypto'

/** What of a request takes part in a V4 signature, as it came over the wire. */
export interface SignedParts {
  method: string
  bucket?: string | undefined
  key?: string | undefined
  query: Iterable<[name: string, value: string]>
  /** Lower-case names; values as Node reads them: trimmed, one character for each byte. */
  headers: Readonly<Record<string, string>>
  additionalHeaders: readonly string[]
}

export const TERMINATOR = 'aliyun_v4_request'

/** Every UTF-8 byte but the unreserved ones as `%XX`. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

export function encodeKey(key: string): string {
  return key.split('/').map(percentEncode).join('/')
}

export function isAlwaysSigned(header: string): boolean {
  return header === 'content-type' || header === 'content-md5' || header.startsWith('x-oss-')
}

export function canonicalRequest(parts: SignedParts): string {
  return [
    parts.method,
    canonicalUri(parts.bucket, parts.key),
    canonicalQuery(parts.query),
    canonicalHeaders(parts.headers, parts.additionalHeaders),
    parts.additionalHeaders.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n')
}

/** The bucket belongs to it whatever the address style, also where the host alone names it. */
function canonicalUri(bucket?: string, key = ''): string {
  return bucket === undefined ? '/' : `/${bucket}/${encodeKey(key)}`
}

function canonicalQuery(query: SignedParts['query']): string {
  return [...query]
    .filter(([name]) => name !== 'x-oss-signature')
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&')
}

/** A header without a value is left out, as by OSS: who signs it anyway gets a signature that does not match. */
function canonicalHeaders(
  headers: SignedParts['headers'],
  additionalHeaders: readonly string[],
): string {
  return Object.entries(headers)
    .filter(([name, value]) =>
      isAlwaysSigned(name) ? value !== '' : additionalHeaders.includes(name),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value}\n`)
    .join('')
}

export function stringToSign(canonical: string, datetime: string, region: string): string {
  // Header values hold wire bytes as Latin-1 characters, everything else in there is ASCII.
  const hash = createHash('sha256').update(canonical, 'latin1').digest('hex')
  const scope = `${datetime.slice(0, 8)}/${region}/oss/${TERMINATOR}`
  return `OSS4-HMAC-SHA256\n${datetime}\n${scope}\n${hash}`
}

export function sign(text: string, secret: string, date: string, region: string): string {
  const signingKey = [date, region, 'oss', TERMINATOR].reduce(
    (key, step) => createHmac('sha256', key).update(step).digest(),
    Buffer.from(`aliyun_v4${secret}`),
  )
  return createHmac('sha256', signingKey).update(text).digest('hex')
}
