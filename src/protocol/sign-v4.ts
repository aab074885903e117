import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import {
  additionalHeaderNames,
  canonicalQuery,
  canonicalRequest,
  type QueryParameter,
  type SignedRequest,
  UNSIGNED_PAYLOAD,
} from './canonical-request.js'
import { basicTimestamp } from './timestamp.js'

const ALGORITHM = 'OSS4-HMAC-SHA256'

/** Temporary credentials, as STS's AssumeRole hands them out. */
export interface SigningCredentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken?: string
}

/** Derives the signing key of a secret and a day (`YYYYMMDD`). */
type SigningKeys = (secret: string, day: string) => Uint8Array

/** What a signature is made with, besides the request. */
export interface SigningContext {
  readonly credentials: SigningCredentials
  /** Region ID without `oss-`, such as `cn-hangzhou`. */
  readonly region: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** The signing key depends on secret, day and region only, so the last one is kept, in memory. */
export function cachedSigningKeys(region: string): SigningKeys {
  let cached:
    | { readonly secret: string; readonly day: string; readonly key: Uint8Array }
    | undefined
  return (secret, day) => {
    if (cached?.secret !== secret || cached.day !== day) {
      cached = { secret, day, key: signingKey(secret, day, region) }
    }
    return cached.key
  }
}

export function signingKey(secret: string, day: string, region: string): Uint8Array {
  return [day, region, 'oss', 'aliyun_v4_request'].reduce(
    hmacSha256,
    utf8ToBytes(`aliyun_v4${secret}`),
  )
}

/**
 * The request's headers with `x-oss-date`, the token and `authorization` added.
 *
 * @see OSS "Include a V4 signature in the Authorization header".
 */
export function signHeaders(
  request: SignedRequest,
  { credentials, region, at }: SigningContext,
  keys: SigningKeys = (secret, day) => signingKey(secret, day, region),
): Record<string, string> {
  const timestamp = basicTimestamp(at)
  const headers: Record<string, string> = {
    ...request.headers,
    'x-oss-content-sha256': UNSIGNED_PAYLOAD,
    'x-oss-date': timestamp,
  }
  if (credentials.securityToken) headers['x-oss-security-token'] = credentials.securityToken
  const signed = { ...request, headers }
  const additional = additionalHeaderNames(signed)
  const key = keys(credentials.accessKeySecret, timestamp.slice(0, 8))
  headers['authorization'] = [
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope(timestamp, region)}`,
    ...(additional.length > 0 ? [`AdditionalHeaders=${additional.join(';')}`] : []),
    `Signature=${signature(key, signed, timestamp, region)}`,
  ].join(',')
  return headers
}

/**
 * The query of a presigned URL, without `?`.
 *
 * @param expiresSeconds - 1 to 604,800; a temporary token's own end comes first where it is earlier.
 * @throws RangeError when `expiresSeconds` is outside.
 * @see OSS "V4 signatures in presigned URLs".
 */
export function signQuery(
  request: SignedRequest,
  { credentials, region, at }: SigningContext,
  expiresSeconds: number,
): string {
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 1 || expiresSeconds > 604_800) {
    throw new RangeError(`expiresSeconds must be 1 to 604800, not ${expiresSeconds}.`)
  }
  const timestamp = basicTimestamp(at)
  const additional = additionalHeaderNames(request)
  const query: QueryParameter[] = [
    ...request.query,
    ['x-oss-credential', `${credentials.accessKeyId}/${scope(timestamp, region)}`],
    ['x-oss-date', timestamp],
    ['x-oss-expires', String(expiresSeconds)],
    ['x-oss-signature-version', ALGORITHM],
  ]
  if (additional.length > 0) query.push(['x-oss-additional-headers', additional.join(';')])
  if (credentials.securityToken) query.push(['x-oss-security-token', credentials.securityToken])
  const key = signingKey(credentials.accessKeySecret, timestamp.slice(0, 8), region)
  const signed = signature(key, { ...request, query }, timestamp, region)
  return canonicalQuery([...query, ['x-oss-signature', signed]])
}

function signature(
  key: Uint8Array,
  request: SignedRequest,
  timestamp: string,
  region: string,
): string {
  return bytesToHex(hmacSha256(key, stringToSign(request, timestamp, region)))
}

export function stringToSign(request: SignedRequest, timestamp: string, region: string): string {
  const digest = bytesToHex(sha256(latin1(canonicalRequest(request))))
  return [ALGORITHM, timestamp, scope(timestamp, region), digest].join('\n')
}

/** Header values go on the wire as Latin-1, everything else in there is ASCII. `Uint8Array.from` takes over ten times as long. */
function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index)
  return bytes
}

function scope(timestamp: string, region: string): string {
  return `${timestamp.slice(0, 8)}/${region}/oss/aliyun_v4_request`
}

function hmacSha256(key: Uint8Array, message: string): Uint8Array {
  return hmac(sha256, key, utf8ToBytes(message))
}
