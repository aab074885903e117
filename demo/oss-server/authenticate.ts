import type { Address } from './addressing.js'
import { canonicalRequest, isAlwaysSigned, sign, stringToSign } from './canonical-request.js'
import { isPresigned, readAuthorization, readPresigned, type SignatureClaim } from './claims.js'
import type { AccessKey, KeyRing } from './keys.js'
import { accessDenied, invalidArgument, OssError } from './oss-error.js'
import type { OssRequest } from './oss-request.js'

export interface AuthenticationDeps {
  keys: KeyRing
  region: string
}

/**
 * Who signed this request. The order of the checks decides which error a client sees when several things are wrong.
 *
 * @returns `undefined` when nobody signed it.
 */
export function authenticate(
  deps: AuthenticationDeps,
  request: OssRequest,
  address: Address,
): AccessKey | undefined {
  const claim = readClaim(request, deps.region)
  if (!claim) return undefined
  const key = findKey(deps.keys, claim.accessKeyId, claim.securityToken, request.now)
  checkSignature(request, address, claim, key, deps.region)
  return key
}

function readClaim(request: OssRequest, region: string): SignatureClaim | undefined {
  const authorization = request.headers['authorization']
  const presigned = isPresigned(request.query)
  const isV1Url = request.query.has('OSSAccessKeyId') || request.query.has('Signature')
  if (authorization !== undefined && (presigned || isV1Url)) {
    throw invalidArgument(
      'Only one auth mechanism is allowed: the Authorization header or the query string.',
      'Authorization',
      authorization,
    )
  }
  if (isV1Url || authorization?.startsWith('OSS ')) {
    throw accessDenied('Signature version 1 is not allowed for this bucket.', '0002-00000080')
  }
  if (presigned) return readPresigned(request, region)
  return authorization === undefined ? undefined : readAuthorization(request, authorization, region)
}

/** Also used for form uploads, whose fields claim a key the same way. */
export function findKey(
  keys: KeyRing,
  accessKeyId: string,
  securityToken: string | undefined,
  now: number,
): AccessKey {
  const key = keys.find(accessKeyId)
  // OSS does not even know an STS key by its id alone.
  if (!key || (key.securityToken !== undefined && securityToken === undefined)) {
    throw new OssError(
      403,
      'InvalidAccessKeyId',
      'The OSS Access Key Id you provided does not exist in our records.',
      { ec: '0002-00000902', details: { OSSAccessKeyId: accessKeyId } },
    )
  }
  if (securityToken !== key.securityToken) {
    throw new OssError(403, 'InvalidSecurityToken', 'The security token you provided is invalid.', {
      ec: '0002-00000008',
    })
  }
  if (key.expiresAt !== undefined && now >= key.expiresAt) {
    throw new OssError(
      403,
      'SecurityTokenExpired',
      'The security token you provided has expired.',
      {
        ec: '0002-00000007',
      },
    )
  }
  return key
}

function checkSignature(
  request: OssRequest,
  address: Address,
  claim: SignatureClaim,
  key: AccessKey,
  region: string,
): void {
  const canonical = canonicalRequest({
    ...address,
    method: request.method,
    query: request.query,
    headers: request.headers,
    additionalHeaders: presentHeaders(request, claim.additionalHeaders),
  })
  const text = stringToSign(canonical, claim.datetime, region)
  const expected = sign(text, key.accessKeySecret, claim.datetime.slice(0, 8), region)
  if (expected === claim.signature) return
  throw signatureDoesNotMatch(claim, text, Buffer.from(canonical, 'latin1'))
}

function presentHeaders(request: OssRequest, names: readonly string[]): string[] {
  const chosen = [...new Set(names)].filter((name) => !isAlwaysSigned(name)).sort()
  const absent = chosen.find((name) => request.headers[name] === undefined)
  if (absent !== undefined) {
    throw invalidArgument(
      'A header listed in AdditionalHeaders is not in the request.',
      'AdditionalHeaders',
      absent,
    )
  }
  return chosen
}

export function signatureDoesNotMatch(
  claim: Pick<SignatureClaim, 'accessKeyId' | 'signature'>,
  text: string,
  canonical?: Buffer,
): OssError {
  const details: Record<string, string> = {
    OSSAccessKeyId: claim.accessKeyId,
    SignatureProvided: claim.signature,
    StringToSign: text,
    StringToSignBytes: hexBytes(Buffer.from(text)),
  }
  if (canonical) {
    details['CanonicalRequest'] = canonical.toString('utf8')
    details['CanonicalRequestBytes'] = hexBytes(canonical)
  }
  return new OssError(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    { ec: '0002-00000201', details },
  )
}

function hexBytes(bytes: Buffer): string {
  return bytes
    .toString('hex')
    .toUpperCase()
    .replace(/..(?=.)/g, '$& ')
}
