import { readCallback } from './callback-outcome.js'
import { isUploadId } from './encoding.js'
import {
  decimal,
  expectEmpty,
  expectSuccess,
  type Reader,
  type StoredBytes,
  type StoredObject,
  storedBytes,
  storedObject,
  unreadable,
  wholeNumber,
} from './replies.js'
import { type OssReply, type RequestContext, serviceError } from './service-error.js'
import { childrenNamed, childText, readXml, type XmlElement } from './xml.js'

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
  return uploadIdIn(context, result, 'UploadId')
}

/** An upload that OSS no longer knows is as good as aborted. */
export const readAbort: Reader<void> = (context, reply) => {
  if (reply.status === 404 && serviceError(context, reply).code === 'no-such-upload') return
  expectEmpty(context, reply)
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
    uploadId: uploadIdIn(context, upload, 'UploadId'),
    initiated: required(context, upload, 'Initiated'),
  }))
  if (childText(result, 'IsTruncated') !== 'true') return { uploads }
  const key = decodeKey(required(context, result, 'NextKeyMarker'))
  return { uploads, next: { key, uploadId: uploadIdIn(context, result, 'NextUploadIdMarker') } }
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

function uploadIdIn(context: RequestContext, element: XmlElement, name: string): string {
  const id = required(context, element, name)
  if (!isUploadId(id)) throw unreadable(context, undefined, `has a bad ${name}`)
  return id
}

function requiredInteger(context: RequestContext, element: XmlElement, name: string): number {
  const number = wholeNumber(required(context, element, name))
  if (number === undefined) throw unreadable(context, undefined, `has a bad ${name}`)
  return number
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
