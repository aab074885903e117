import { TERMINATOR } from './canonical-request.js'
import { accessDenied, invalidArgument, OssError } from './oss-error.js'
import type { OssRequest } from './oss-request.js'

const ALGORITHM = 'OSS4-HMAC-SHA256'
const MAX_SKEW_MS = 15 * 60_000
const MAX_EXPIRES_SECONDS = 7 * 24 * 3600

/** What a request says about its signature; syntax and times are in order, the rest is still to be proved. */
export interface SignatureClaim {
  accessKeyId: string
  securityToken: string | undefined
  datetime: string
  additionalHeaders: string[]
  signature: string
}

/** `{key}/{date}/{region}/oss/aliyun_v4_request`. */
export interface Scope {
  accessKeyId: string
  date: string
}

export function isPresigned(query: URLSearchParams): boolean {
  return (
    query.has('x-oss-signature-version') ||
    query.has('x-oss-signature') ||
    query.has('x-oss-credential')
  )
}

export function readAuthorization(
  request: OssRequest,
  authorization: string,
  region: string,
): SignatureClaim {
  const fields = authorizationFields(authorization)
  const credential = fields.get('Credential')
  const signature = fields.get('Signature')
  if (!credential || !signature) throw malformedAuthorization(authorization, '0002-00000202')
  const additional = fields.get('AdditionalHeaders')
  if (additional === '') throw malformedAuthorization(authorization, '0002-00000209')
  const scope = readScope(credential, region, 'Authorization', '0002-00000213')
  checkPayloadMarker(request, true)
  const datetime = readDate(request.headers['x-oss-date'], scope, '0002-00000212')
  checkSkew(datetime, request.now)
  return {
    accessKeyId: scope.accessKeyId,
    securityToken: request.headers['x-oss-security-token'],
    datetime,
    additionalHeaders: splitHeaders(additional),
    signature,
  }
}

function authorizationFields(authorization: string): Map<string, string> {
  const [algorithm = '', ...rest] = authorization.split(' ')
  if (algorithm !== ALGORITHM) throw malformedAuthorization(authorization, '0002-00000202')
  const fields = new Map<string, string>()
  for (const field of rest.join(' ').split(',')) {
    const [, name = '', value = ''] = /^\s*(\w+)=(.*?)\s*$/.exec(field) ?? []
    if (!/^(Credential|AdditionalHeaders|Signature)$/.test(name) || fields.has(name)) {
      throw malformedAuthorization(authorization, '0002-00000204')
    }
    fields.set(name, value)
  }
  return fields
}

function malformedAuthorization(authorization: string, ec: string): OssError {
  const message = 'The Authorization header you provided is invalid.'
  return invalidArgument(message, 'Authorization', authorization, ec)
}

export function readPresigned(request: OssRequest, region: string): SignatureClaim {
  const { query } = request
  const version = query.get('x-oss-signature-version')
  if (version !== ALGORITHM) {
    const message = `x-oss-signature-version must be ${ALGORITHM}.`
    throw invalidArgument(message, 'x-oss-signature-version', version ?? '')
  }
  const credential = query.get('x-oss-credential') ?? ''
  const scope = readScope(credential, region, 'x-oss-credential', '0002-00000227')
  const signature = query.get('x-oss-signature')
  if (!signature) {
    const message = 'The query parameter x-oss-signature is missing.'
    throw invalidArgument(message, 'x-oss-signature', '', '0002-00000219')
  }
  const additional = query.get('x-oss-additional-headers') ?? undefined
  if (additional === '') {
    const message = 'The query parameter x-oss-additional-headers is empty.'
    throw invalidArgument(message, 'x-oss-additional-headers', '', '0002-00000210')
  }
  checkPayloadMarker(request, false)
  const datetime = readDate(query.get('x-oss-date') ?? undefined, scope, '0002-00000223')
  checkLifetime(datetime, readExpires(query), request.now)
  return {
    accessKeyId: scope.accessKeyId,
    securityToken: query.get('x-oss-security-token') ?? undefined,
    datetime,
    additionalHeaders: splitHeaders(additional),
    signature,
  }
}

export function readScope(credential: string, region: string, where: string, ec: string): Scope {
  const [accessKeyId, date = '', ...rest] = credential.split('/')
  const [givenRegion, product, terminator] = rest
  const isScope = rest.length === 3 && product === 'oss' && terminator === TERMINATOR
  if (!accessKeyId || !/^\d{8}$/.test(date) || !isScope) {
    throw invalidArgument(`The credential scope in ${where} is invalid.`, where, credential, ec)
  }
  if (givenRegion !== region) {
    const message = `Invalid signing region in ${where}, the bucket is in ${region}.`
    throw invalidArgument(message, where, credential, '0002-00000228')
  }
  return { accessKeyId, date }
}

/** In the query form the marker is implied; whoever sends it all the same must send the right one. */
function checkPayloadMarker(request: OssRequest, isRequired: boolean): void {
  const marker = request.headers['x-oss-content-sha256']
  if (marker === 'UNSIGNED-PAYLOAD' || (marker === undefined && !isRequired)) return
  const message = 'x-oss-content-sha256 must be UNSIGNED-PAYLOAD.'
  throw invalidArgument(message, 'x-oss-content-sha256', marker ?? '', '0002-00000214')
}

function readDate(value: string | undefined, scope: Scope, ec: string): string {
  if (!value) {
    throw accessDenied('OSS authentication requires a valid Date.', '0002-00000503')
  }
  if (Number.isNaN(parseDatetime(value))) {
    throw accessDenied('The format of x-oss-date is invalid.', '0002-00000502')
  }
  if (!value.startsWith(scope.date)) {
    throw invalidArgument('The signing date is not the day of x-oss-date.', 'Date', value, ec)
  }
  return value
}

/** `20250102T030405Z` in milliseconds; `NaN` when it is anything else. */
export function parseDatetime(value: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value)
  if (!match) return Number.NaN
  const [, year, month, day, hour, minute, second] = match
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

function checkSkew(datetime: string, now: number): void {
  const time = parseDatetime(datetime)
  if (Math.abs(now - time) <= MAX_SKEW_MS) return
  throw new OssError(
    403,
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    {
      ec: '0002-00000504',
      details: {
        MaxAllowedSkewMilliseconds: MAX_SKEW_MS,
        RequestTime: new Date(time).toISOString(),
        ServerTime: new Date(now).toISOString(),
      },
    },
  )
}

function readExpires(query: URLSearchParams): number {
  const value = query.get('x-oss-expires')
  const name = 'x-oss-expires'
  if (value === null) throw invalidArgument(`${name} is missing.`, name, '', '0002-00000215')
  if (value === '') throw invalidArgument(`${name} is empty.`, name, '', '0002-00000216')
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : 0
  if (seconds < 1 || seconds > MAX_EXPIRES_SECONDS) {
    const message = `${name} must be 1 to ${MAX_EXPIRES_SECONDS} seconds.`
    throw invalidArgument(message, name, value, '0002-00000232')
  }
  return seconds
}

function checkLifetime(datetime: string, expiresSeconds: number, now: number): void {
  const start = parseDatetime(datetime)
  if (now < start - MAX_SKEW_MS) {
    throw accessDenied('The request is not valid yet.', '0002-00000235')
  }
  const end = start + expiresSeconds * 1000
  if (now > end) {
    throw accessDenied('Request has expired.', '0002-00000069', {
      Expires: new Date(end).toISOString(),
      ServerTime: new Date(now).toISOString(),
    })
  }
}

function splitHeaders(value = ''): string[] {
  return value
    .split(';')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
}
