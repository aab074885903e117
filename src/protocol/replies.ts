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
import { childrenNamed, childText, readXml, type XmlElement } from './xml.js'

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

export interface ListedPart extends StoredBytes {
  readonly etag: string
  readonly partNumber: number
  /** Bytes. */
  readonly size: number
}

export interface PartsPage {
  readonly parts: readonly ListedPart[]
  /** Where the next page begins; absent on the last. */
  readonly nextPartNumberMarker?: number
}

export interface ListedUpload {
  readonly key: string
  readonly uploadId: string
  /** ISO 8601. */
  readonly initiated: string
}

export interface UploadsListing {
  readonly uploads: readonly ListedUpload[]
  readonly next?: { readonly key: string; readonly uploadId: string }
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

type Reader<T> = (context: RequestContext, reply: OssReply) => T

export const readPutObject: Reader<StoredObject> = (context, reply) => {
  const callback = readCallback(context, reply)
  if (!callback) expectEmpty(context, reply)
  return { ...storedObject(reply), callback }
}

/** With a callback the app server's answer stands in place of the document. */
export const readComplete: Reader<StoredObject> = (context, reply) => {
  const callback = readCallback(context, reply)
  if (callback) return { ...storedObject(reply), callback }
  const result = expectDocument(context, reply, 'CompleteMultipartUploadResult')
  return storedObject(reply, childText(result, 'ETag'))
}

export const readUploadPart: Reader<StoredBytes> = (context, reply) => {
  expectEmpty(context, reply)
  return storedBytes(reply)
}

export const readInitiate: Reader<string> = (context, reply) => {
  const result = expectDocument(context, reply, 'InitiateMultipartUploadResult')
  return required(context, result, 'UploadId')
}

/** An upload that OSS no longer knows is as good as aborted. */
export const readAbort: Reader<void> = (context, reply) => {
  if (reply.status === 404 && serviceError(context, reply).code === 'no-such-upload') return
  expectSuccess(context, reply)
}

export const readListParts: Reader<PartsPage> = (context, reply) => {
  const result = expectDocument(context, reply, 'ListPartsResult')
  const parts = childrenNamed(result, 'Part').map((part) => ({
    partNumber: requiredInteger(context, part, 'PartNumber'),
    etag: required(context, part, 'ETag'),
    size: requiredInteger(context, part, 'Size'),
    crc64: decimal(childText(part, 'HashCrc64ecma')),
  }))
  if (childText(result, 'IsTruncated') !== 'true') return { parts }
  return { parts, nextPartNumberMarker: requiredInteger(context, result, 'NextPartNumberMarker') }
}

export const readListMultipartUploads: Reader<UploadsListing> = (context, reply) => {
  const result = expectDocument(context, reply, 'ListMultipartUploadsResult')
  const decodeKey = keyDecoder(context, result)
  const uploads = childrenNamed(result, 'Upload').map((upload) => ({
    key: decodeKey(required(context, upload, 'Key')),
    uploadId: required(context, upload, 'UploadId'),
    initiated: required(context, upload, 'Initiated'),
  }))
  if (childText(result, 'IsTruncated') !== 'true') return { uploads }
  const key = decodeKey(required(context, result, 'NextKeyMarker'))
  return { uploads, next: { key, uploadId: required(context, result, 'NextUploadIdMarker') } }
}

/** @returns `undefined` when there is no such object. */
export const readHeadObject: Reader<ObjectHead | undefined> = (context, reply) => {
  const isMissing = reply.status === 404 && isFromOss(context, reply)
  if (isMissing && serviceError(context, reply).ossCode !== 'NoSuchBucket') return undefined
  expectSuccess(context, reply)
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

function storedObject(reply: OssReply, bodyEtag?: string): StoredObject {
  return {
    ...storedBytes(reply, bodyEtag),
    requestId: reply.header('x-oss-request-id') ?? '',
    versionId: reply.header('x-oss-version-id'),
  }
}

function storedBytes(reply: OssReply, bodyEtag?: string): StoredBytes {
  const etag = reply.header('etag') || bodyEtag || undefined
  return { etag, crc64: decimal(reply.header('x-oss-hash-crc64ecma')) }
}

function expectSuccess(context: RequestContext, reply: OssReply): void {
  if (reply.status !== 200 && reply.status !== 204) throw serviceError(context, reply)
}

/** OSS answers these without a body; a page of a proxy may come with any status and header. */
function expectEmpty(context: RequestContext, reply: OssReply): void {
  expectSuccess(context, reply)
  if (reply.body.trim() !== '') throw unreadable(context, reply, 'is not from OSS')
}

function expectDocument(context: RequestContext, reply: OssReply, name: string): XmlElement {
  expectSuccess(context, reply)
  const document = readXml(reply.body)
  if (document?.name !== name) throw unreadable(context, reply, `is not a ${name} document`)
  return document
}

function required(context: RequestContext, element: XmlElement, name: string): string {
  const text = childText(element, name)
  if (!text) throw unreadable(context, undefined, `has no ${name}`)
  return text
}

function requiredInteger(context: RequestContext, element: XmlElement, name: string): number {
  const number = wholeNumber(required(context, element, name))
  if (number === undefined) throw unreadable(context, undefined, `has a bad ${name}`)
  return number
}

function wholeNumber(text = ''): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(number) ? number : undefined
}

/** Something between the page and OSS answered in OSS's place, so another try may reach OSS. */
function unreadable(context: RequestContext, reply: OssReply | undefined, why: string) {
  return new OssProtocolError(
    `The answer to ${nameOf(context)} ${why}: does a proxy answer in place of OSS?`,
    { code: 'protocol', retryable: true, status: reply?.status },
  )
}

/** OSS encodes keys as in a query: `+` stands for a space. */
function keyDecoder(context: RequestContext, result: XmlElement): (key: string) => string {
  if (childText(result, 'EncodingType') !== 'url') return (key) => key
  return (key) => {
    try {
      return decodeURIComponent(key.replaceAll('+', '%20'))
    } catch {
      throw unreadable(context, undefined, 'has a key that cannot be decoded')
    }
  }
}

/** A CRC is compared as text, so only a canonical decimal counts. */
function decimal(text: string | undefined): string | undefined {
  return text && /^(0|[1-9]\d{0,19})$/.test(text) ? text : undefined
}
