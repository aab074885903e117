import { timingSafeEqual } from 'node:crypto'
import type { AccessKey, KeyRing } from '../keys.js'
import { ACS3_ALGORITHM, acs3Signature, sha256Hex } from './acs3-signature.js'
import { createNonceMemory } from './nonce-memory.js'
import { type RpcCall, unknownAction } from './rpc-call.js'
import { rpcSignature } from './rpc-signature.js'
import { StsError } from './sts-error.js'

export interface AuthenticatorDeps {
  keys: KeyRing
  trusted: { accessKeyId: string; accessKeySecret: string }
  now: () => number
}

/** What a call claims about itself, whichever of the two signature styles it uses. */
interface Claims {
  action: string | undefined
  version: string | undefined
  accessKeyId: string
  securityToken: string | undefined
  timestamp: string
  nonce: string
  isSignedBy(secret: string): boolean
}

const MAX_SKEW_MS = 15 * 60 * 1000

/** Throws unless the call is AssumeRole, rightly signed, fresh, seen for the first time and by the trusted caller. */
export function createAuthenticator({ keys, trusted, now }: AuthenticatorDeps) {
  const nonces = createNonceMemory(now)
  return (call: RpcCall): void => {
    const { authorization } = call.headers
    const claims = authorization ? acs3Claims(call, authorization) : rpcClaims(call)
    if (claims.action !== 'AssumeRole') throw unknownAction()
    if (claims.version !== '2015-04-01') {
      throw new StsError(400, 'InvalidVersion', 'Specified parameter Version is not valid.')
    }
    const isTrusted = claims.accessKeyId === trusted.accessKeyId
    const key = isTrusted ? { ...trusted, policies: [] } : keys.find(claims.accessKeyId)
    if (!key) {
      throw new StsError(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.')
    }
    const time = readTimestamp(claims.timestamp)
    if (Math.abs(now() - time) > MAX_SKEW_MS) {
      throw new StsError(
        400,
        'InvalidTimeStamp.Expired',
        'Specified time stamp or date value is expired.',
      )
    }
    checkToken(key, claims.securityToken, now())
    if (!claims.isSignedBy(key.accessKeySecret)) {
      throw new StsError(
        400,
        'SignatureDoesNotMatch',
        'Specified signature is not matched with our calculation.',
      )
    }
    // Only now: a nonce must not be burnt by somebody who merely guessed it.
    if (!nonces.isNew(`${key.accessKeyId} ${claims.nonce}`, time + MAX_SKEW_MS)) {
      throw new StsError(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.')
    }
    if (!isTrusted) {
      throw new StsError(
        403,
        'NoPermission',
        'You are not authorized to do this action. You should be authorized by RAM.',
      )
    }
  }
}

function acs3Claims(call: RpcCall, authorization: string): Claims {
  const { headers } = call
  const match =
    /^(\S+) +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]+)$/.exec(
      authorization,
    )
  const [, algorithm, accessKeyId = '', names = '', signature = ''] = match ?? []
  if (algorithm !== ACS3_ALGORITHM) throw incomplete('The Authorization header is malformed.')
  const signedHeaders = names.split(';')
  const mustBeSigned = [
    ...['host', 'x-acs-action', 'x-acs-version', 'x-acs-date'],
    ...['x-acs-signature-nonce', 'x-acs-content-sha256'],
    ...Object.keys(headers).filter((name) => name.startsWith('x-acs-')),
  ]
  for (const name of [...mustBeSigned, ...signedHeaders]) {
    if (headers[name] === undefined) throw incomplete(`The header ${name} is missing.`)
    if (!signedHeaders.includes(name)) throw incomplete(`The header ${name} is not signed.`)
  }
  return {
    action: headers['x-acs-action'],
    version: headers['x-acs-version'],
    accessKeyId,
    securityToken: headers['x-acs-security-token'],
    timestamp: headers['x-acs-date'] ?? '',
    nonce: headers['x-acs-signature-nonce'] ?? '',
    isSignedBy: (secret) =>
      isSame(headers['x-acs-content-sha256'] ?? '', sha256Hex(call.body)) &&
      isSame(signature, acs3Signature({ ...call, signedHeaders }, secret)),
  }
}

function rpcClaims(call: RpcCall): Claims {
  const { parameters } = call
  const need = (name: string) => {
    const value = parameters.get(name)
    if (!value) throw missing(name)
    return value
  }
  if (parameters.get('Action') !== 'AssumeRole') throw unknownAction()
  const signature = need('Signature')
  if (need('SignatureMethod') !== 'HMAC-SHA1' || need('SignatureVersion') !== '1.0') {
    throw incomplete('Only HMAC-SHA1, version 1.0, is supported.')
  }
  return {
    action: parameters.get('Action'),
    version: parameters.get('Version'),
    accessKeyId: need('AccessKeyId'),
    securityToken: parameters.get('SecurityToken'),
    timestamp: need('Timestamp'),
    nonce: need('SignatureNonce'),
    isSignedBy: (secret) => isSame(signature, rpcSignature(call.method, parameters, secret)),
  }
}

/** ISO 8601 in UTC; the older SDKs send milliseconds too. */
function readTimestamp(text: string): number {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(text)
    ? Date.parse(text)
    : Number.NaN
  if (Number.isNaN(time)) {
    throw new StsError(
      400,
      'InvalidTimeStamp.Format',
      'Specified time stamp or date value is not well formatted.',
    )
  }
  return time
}

function checkToken(key: AccessKey, token: string | undefined, now: number): void {
  if (key.securityToken === undefined) return
  if (!token) throw missing('SecurityToken')
  if (!isSame(token, key.securityToken)) {
    throw new StsError(
      400,
      'InvalidSecurityToken.MismatchWithAccessKey',
      'Specified SecurityToken mismatch with the AccessKey.',
    )
  }
  if (key.expiresAt !== undefined && key.expiresAt <= now) {
    throw new StsError(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.')
  }
}

function missing(name: string): StsError {
  return new StsError(400, `Missing${name}`, `${name} is mandatory for this action.`)
}

function incomplete(detail: string): StsError {
  return new StsError(
    400,
    'IncompleteSignature',
    `The request signature does not conform to Aliyun standards. ${detail}`,
  )
}

function isSame(given: string, wanted: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(wanted)
  return a.length === b.length && timingSafeEqual(a, b)
}
