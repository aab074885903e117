import type { QueryParameter } from './canonical-request.js'
import {
  completeHeaders,
  initiateHeaders,
  type ObjectOptions,
  partHeaders,
} from './object-options.js'
import { type OssRequest, untyped } from './operations.js'

/** A part as OSS acknowledged it. */
export interface UploadedPart {
  readonly partNumber: number
  readonly etag: string
}

/** Control characters in a key cannot stand in XML 1.0, so answers always carry keys percent-encoded. */
const ENCODED_KEYS: QueryParameter = ['encoding-type', 'url']

export function initiateMultipartUpload(key: string, options: ObjectOptions): OssRequest {
  return {
    operation: 'InitiateMultipartUpload',
    method: 'POST',
    key,
    query: [['uploads'], ENCODED_KEYS],
    headers: initiateHeaders(options),
  }
}

export interface PartAddress {
  readonly key: string
  readonly uploadId: string
  /** 1 to 10,000. */
  readonly partNumber: number
}

/** @param contentMd5 - Base64 of the part's MD5: OSS then refuses a part that arrives damaged. */
export function uploadPart(
  { key, uploadId, partNumber }: PartAddress,
  body: Blob,
  options: ObjectOptions,
  contentMd5?: string,
): OssRequest {
  return {
    operation: 'UploadPart',
    method: 'PUT',
    key,
    query: [
      ['partNumber', String(partNumber)],
      ['uploadId', uploadId],
    ],
    headers: {
      ...partHeaders(options),
      ...(contentMd5 === undefined ? {} : { 'content-md5': contentMd5 }),
    },
    body: untyped(body),
  }
}

/** @param parts - In ascending order, as OSS demands. */
export function completeMultipartUpload(
  key: string,
  uploadId: string,
  parts: readonly UploadedPart[],
  options: ObjectOptions,
): OssRequest {
  const list = parts.map(
    ({ partNumber, etag }) =>
      `<Part><PartNumber>${partNumber}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  )
  return {
    operation: 'CompleteMultipartUpload',
    method: 'POST',
    key,
    query: [['uploadId', uploadId], ENCODED_KEYS],
    headers: { ...completeHeaders(options), 'content-type': 'application/xml' },
    body: `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`,
  }
}

export function abortMultipartUpload(key: string, uploadId: string): OssRequest {
  return {
    operation: 'AbortMultipartUpload',
    method: 'DELETE',
    key,
    query: [['uploadId', uploadId]],
    headers: {},
  }
}

/** @param afterPartNumber - Lists the parts after this one; 0 for the first page. */
export function listParts(
  key: string,
  uploadId: string,
  afterPartNumber = 0,
  maxParts = 1000,
): OssRequest {
  return {
    operation: 'ListParts',
    method: 'GET',
    key,
    query: [
      ['uploadId', uploadId],
      ['max-parts', String(maxParts)],
      ['part-number-marker', String(afterPartNumber)],
      ENCODED_KEYS,
    ],
    headers: {},
  }
}

export interface UploadsPage {
  readonly prefix: string
  /** Where the page before ended; absent for the first. */
  readonly after?: { readonly key: string; readonly uploadId: string }
}

/** A page of 250: with the longest keys, 1,000 uploads would be more than 1 MiB of XML. */
export function listMultipartUploads({ prefix, after }: UploadsPage): OssRequest {
  const markers: QueryParameter[] = after
    ? [
        ['key-marker', after.key],
        ['upload-id-marker', after.uploadId],
      ]
    : []
  const prefixes: QueryParameter[] = prefix ? [['prefix', prefix]] : []
  return {
    operation: 'ListMultipartUploads',
    method: 'GET',
    query: [['uploads'], ...prefixes, ['max-uploads', '250'], ...markers, ENCODED_KEYS],
    headers: {},
  }
}

function escapeXml(text: string): string {
  return text.replace(/[<>&]/g, (char) => `&#${char.charCodeAt(0)};`)
}
