import { OssServiceError, type OssUploadErrorCode } from '../errors.js'
import type { OssOperation } from './operations.js'
import { parseRetryAfter, parseTimestamp } from './timestamp.js'
import { childText, readXml, type XmlElement } from './xml.js'

/** An answer as the transport hands it over. */
export interface OssReply {
  readonly status: number
  /** A response header by lower-case name; `undefined` when absent or hidden by CORS. */
  readonly header: (name: string) => string | undefined
  readonly body: string
}

/** What is being done to which object: part of every message. */
export interface RequestContext {
  readonly operation: OssOperation
  readonly bucket: string
  readonly key?: string | undefined
  /** When it was answered, in milliseconds since the epoch: what a `Retry-After` with a date counts from. */
  readonly at?: number | undefined
  /** The app server's answer stands in place of OSS's. */
  readonly hasCallback?: boolean
}

/** Such as `UploadPart of "users/42/a.jpg" in bucket "b"`. */
export function nameOf({ operation, bucket, key }: RequestContext): string {
  return `${operation}${key === undefined ? '' : ` of "${key}"`} in bucket "${bucket}"`
}

/** Codes after which new credentials may help; the client renews once and replays. */
const REJECTED_CREDENTIALS = new Set([
  'SecurityTokenExpired',
  'InvalidSecurityToken',
  'InvalidAccessKeyId',
  'AccessKeyIdAndSecurityTokenNotMatch',
])

/** 4xx codes that a repeated request may get past. */
const RETRYABLE_CODES = new Set([
  'RequestTimeout',
  'IncompleteBody',
  'InvalidDigest',
  'InvalidCRC64',
  'BadRequest',
  'StaleFile',
])

/** OSS refused the time of the request; where it says its own, that is the cure. */
export function rejectsClock(error: unknown): error is OssServiceError {
  return error instanceof OssServiceError && error.ossCode === 'RequestTimeTooSkewed'
}

export function rejectsCredentials(error: unknown): boolean {
  return error instanceof OssServiceError && REJECTED_CREDENTIALS.has(error.ossCode)
}

/** The error of an answer that is not a success. Bodies that are not OSS's XML (a proxy's page) keep their status. */
export function serviceError(context: RequestContext, reply: OssReply): OssServiceError {
  const xml = errorDocument(reply)
  const ossCode = (xml && childText(xml, 'Code')) ?? ''
  const requestId = (xml && childText(xml, 'RequestId')) || reply.header('x-oss-request-id')
  const summary = `${nameOf(context)} failed: ${reply.status} ${ossCode || 'without an error of OSS'} (request ${requestId ?? 'unknown'}).`
  return new OssServiceError(`${summary} ${CURES.get(ossCode) ?? ''}`.trim(), {
    ossCode,
    code: familyCode(reply.status, ossCode),
    retryable:
      reply.status >= 500 || [408, 429].includes(reply.status) || RETRYABLE_CODES.has(ossCode),
    status: reply.status,
    requestId,
    ec: (xml && childText(xml, 'EC')) || reply.header('x-oss-ec'),
    retryAfterMs: parseRetryAfter(reply.header('retry-after'), context.at ?? 0),
    serverTimeMs: parseTimestamp((xml && childText(xml, 'ServerTime')) ?? ''),
  })
}

/** A HEAD answer has no body: OSS then puts the document, base64, into `x-oss-err`. */
export function errorDocument(reply: OssReply): XmlElement | undefined {
  const document = readXml(reply.body || decodeBase64(reply.header('x-oss-err') ?? ''))
  return document?.name === 'Error' ? document : undefined
}

function decodeBase64(text: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)))
  } catch {
    return ''
  }
}

function familyCode(status: number, ossCode: string): OssUploadErrorCode {
  if (REJECTED_CREDENTIALS.has(ossCode)) return 'credentials'
  return FAMILY_CODES.get(ossCode) ?? (status === 403 ? 'access-denied' : 'server')
}

/** Maps, because the code comes from outside: an object would also know `constructor`. */
const FAMILY_CODES = new Map<string, OssUploadErrorCode>([
  ['NoSuchUpload', 'no-such-upload'],
  ['FileAlreadyExists', 'already-exists'],
  ['InvalidDigest', 'checksum'],
  ['InvalidCRC64', 'checksum'],
  ['RequestTimeout', 'timeout'],
])

const NOT_ACCEPTED = 'OSS refused two answers of the app server; check its call of STS.'

/** What to do next, by OSS's code. */
const CURES = new Map<string, string>([
  ['NoSuchBucket', 'Check the options bucket and region.'],
  [
    'AccessDenied',
    "The app server's session policy must allow this on this key; check the region too.",
  ],
  ['InvalidAccessKeyId', NOT_ACCEPTED],
  ['SecurityTokenExpired', NOT_ACCEPTED],
  ['InvalidSecurityToken', NOT_ACCEPTED],
  ['AccessKeyIdAndSecurityTokenNotMatch', NOT_ACCEPTED],
  [
    'SignatureDoesNotMatch',
    "The secret does not fit the access key (check the app server's answer), or a proxy changed the request.",
  ],
  [
    'RequestTimeTooSkewed',
    'The clock of this device is over 15 minutes off, and what OSS said did not mend that: set it.',
  ],
  ['SecondLevelDomainForbidden', 'Use addressing "virtual-hosted" or "cname".'],
  ['FileAlreadyExists', 'Choose another key, or leave out forbidOverwrite.'],
  ['EntityTooSmall', 'Raise partSize: a part needs 102,400 bytes.'],
])
