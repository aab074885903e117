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
  /** This page has read OSS's request ID before: CORS does not hide it. */
  readonly isIdReadable?: boolean
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

/**
 * The error of an answer that is not a success. One that does not show to be OSS's (a proxy's page) says nothing of the object, so
 * that another try may reach OSS.
 */
export function serviceError(context: RequestContext, reply: OssReply): OssServiceError {
  const xml = errorDocument(reply)
  const ossCode = (xml && childText(xml, 'Code')) ?? ''
  const requestId = (xml && childText(xml, 'RequestId')) || reply.header('x-oss-request-id')
  const isBusy = reply.status >= 500 || [408, 429].includes(reply.status)
  const doubt = isBusy || isFromOss(context, reply) ? undefined : doubtOf(context)
  const summary = `${nameOf(context)} failed: ${reply.status} ${ossCode || 'without an error of OSS'} (request ${requestId ?? 'unknown'}).`
  return new OssServiceError(`${summary} ${doubt?.cure ?? CURES.get(ossCode) ?? ''}`.trim(), {
    ossCode,
    code: doubt?.code ?? familyCode(reply.status, ossCode),
    retryable: isBusy || doubt !== undefined || RETRYABLE_CODES.has(ossCode),
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

/** OSS signs what it refuses: with its document, or where HEAD leaves no room for one, with a header of its own. */
export function isFromOss({ operation }: RequestContext, reply: OssReply): boolean {
  if (errorDocument(reply)) return true
  return operation === 'HeadObject' && OWN_HEADERS.some((name) => reply.header(name))
}

const OWN_HEADERS = ['x-oss-request-id', 'x-oss-ec']

/** Only headers tell whose an answer to HEAD is, and CORS may hide them all: then every one of them looks like a stranger's. */
function doubtOf({ operation, isIdReadable }: RequestContext) {
  if (operation === 'HeadObject' && !isIdReadable) {
    return {
      code: 'cors',
      cure: "The page cannot tell OSS's answer from a proxy's: add <ExposeHeader>x-oss-request-id</ExposeHeader> to the bucket's CORS rule.",
    } as const
  }
  return { code: 'protocol', cure: 'Does a proxy answer in place of OSS?' } as const
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
