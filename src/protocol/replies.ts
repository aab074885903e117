import { OssProtocolError } from '../errors.js'
import { type CallbackOutcome, readCallback } from './callback-outcome.js'
import {
  isFromOss,
  nameOf,
  type OssReply,
  type RequestContext,
  serviceError,
} from './service-error.js'
import { parseTimestamp } from './timestamp.js'

/** What OSS says of stored bytes. */
export interface StoredBytes {
  /** As OSS sent it, quotes included; absent when the bucket's CORS rule hides it. */
  readonly etag: string | undefined
  /** Decimal; absent when OSS has none or the bucket's CORS rule hides it. */
  readonly crc64: string | undefined
}

/** What OSS says of a finished object. */
export interface StoredObject extends StoredBytes {
  readonly versionId: string | undefined
  readonly requestId: string
  /** What became of the callback; absent where there was none. */
  readonly callback?: CallbackOutcome | undefined
}

export interface ObjectHead {
  /** Bytes. */
  readonly size: number
  readonly etag: string | undefined
  readonly crc64: string | undefined
  readonly versionId: string | undefined
  /** Milliseconds since the epoch, to the second. */
  readonly modifiedAt: number | undefined
}

export type Reader<T> = (context: RequestContext, reply: OssReply) => T

export const readPutObject: Reader<StoredObject> = (context, reply) => {
  const callback = readCallback(context, reply)
  if (!callback) expectEmpty(context, reply)
  return { ...storedObject(reply), callback }
}

/** @returns `undefined` when there is no such object. */
export const readHeadObject: Reader<ObjectHead | undefined> = (context, reply) => {
  const isMissing = reply.status === 404 && isFromOss(context, reply)
  if (isMissing && serviceError(context, reply).ossCode !== 'NoSuchBucket') return undefined
  expectSuccess(context, reply)
  const isStrangers = context.isIdReadable && !isFromOss(context, reply)
  if (isStrangers) throw unreadable(context, reply, 'is not from OSS')
  const size = wholeNumber(reply.header('content-length'))
  if (size === undefined) throw unreadable(context, reply, 'has no Content-Length')
  return {
    size,
    etag: reply.header('etag'),
    crc64: decimal(reply.header('x-oss-hash-crc64ecma')),
    versionId: reply.header('x-oss-version-id'),
    modifiedAt: parseTimestamp(reply.header('last-modified') ?? ''),
  }
}

export function storedObject(reply: OssReply, bodyEtag?: string): StoredObject {
  return {
    ...storedBytes(reply, bodyEtag),
    requestId: reply.header('x-oss-request-id') ?? '',
    versionId: reply.header('x-oss-version-id'),
  }
}

export function storedBytes(reply: OssReply, bodyEtag?: string): StoredBytes {
  const etag = reply.header('etag') || bodyEtag || undefined
  return { etag, crc64: decimal(reply.header('x-oss-hash-crc64ecma')) }
}

export function expectSuccess(context: RequestContext, reply: OssReply): void {
  if (reply.status !== 200 && reply.status !== 204) throw serviceError(context, reply)
}

/** OSS answers these without a body; a page of a proxy may come with any status and header. */
export function expectEmpty(context: RequestContext, reply: OssReply): void {
  expectSuccess(context, reply)
  if (reply.body.trim() !== '') throw unreadable(context, reply, 'is not from OSS')
}

export function wholeNumber(text = ''): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(number) ? number : undefined
}

/** Something between the page and OSS answered in OSS's place, so another try may reach OSS. */
export function unreadable(context: RequestContext, reply: OssReply | undefined, why: string) {
  return new OssProtocolError(
    `The answer to ${nameOf(context)} ${why}: does a proxy answer in place of OSS?`,
    { code: 'protocol', retryable: true, status: reply?.status },
  )
}

/** A CRC is compared as text, so only a canonical decimal counts. */
export function decimal(text: string | undefined): string | undefined {
  return text && /^(0|[1-9]\d{0,19})$/.test(text) ? text : undefined
}
