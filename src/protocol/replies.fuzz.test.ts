import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isOssUploadError } from '../errors.js'
import { foreignBody, fuzzing, mutated, status } from '../testing/fuzzing.js'
import * as multipart from './multipart-replies.js'
import * as single from './replies.js'
import type { OssReply } from './service-error.js'

const replies = { ...single, ...multipart }

const DOCUMENTS = [
  '<InitiateMultipartUploadResult><EncodingType>url</EncodingType><UploadId>7A1B</UploadId></InitiateMultipartUploadResult>',
  '<CompleteMultipartUploadResult><ETag>"A-2"</ETag></CompleteMultipartUploadResult>',
  '<ListPartsResult><NextPartNumberMarker>2</NextPartNumberMarker><IsTruncated>true</IsTruncated><Part><PartNumber>2</PartNumber><ETag>"A"</ETag><HashCrc64ecma>7</HashCrc64ecma><Size>102400</Size></Part></ListPartsResult>',
  '<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextKeyMarker>a%2Fb</NextKeyMarker><NextUploadIdMarker>7</NextUploadIdMarker><Upload><Key>a%2Fb+c</Key><UploadId>7</UploadId><Initiated>2026-01-01T00:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>',
  '<Error><Code>NoSuchUpload</Code><RequestId>R</RequestId><EC>1</EC></Error>',
]
const HEADERS = [
  'etag',
  'x-oss-hash-crc64ecma',
  'x-oss-request-id',
  'x-oss-version-id',
  'x-oss-err',
  'x-oss-ec',
  'content-length',
  'last-modified',
]
const value = fc.oneof(
  fc.constantFrom('"A"', '7', '0', '-1', '1e3', 'undefined', '18446744073709551616', 'Zm9v'),
  fc.string({ unit: 'binary', maxLength: 30 }),
)
const answer: fc.Arbitrary<OssReply> = fc
  .record({
    status,
    body: fc.oneof(
      foreignBody,
      ...DOCUMENTS.map((text) => fc.oneof(fc.constant(text), mutated(text))),
    ),
    headers: fc.dictionary(fc.constantFrom(...HEADERS), value),
  })
  .map(({ headers, ...rest }) => ({ ...rest, header: (name) => headers[name] }))

const isCount = (count: unknown) => Number.isSafeInteger(count) && Number(count) >= 0
const isText = (text: unknown) => typeof text === 'string' && text !== ''
const isCrc64 = (crc: string | undefined) => crc === undefined || /^\d{1,20}$/.test(crc)

/** What a reader may make of an answer, if it makes anything. */
const readers: Readonly<Record<string, (reply: OssReply, hasCallback: boolean) => boolean>> = {
  PutObject: (reply, hasCallback) =>
    isCrc64(replies.readPutObject({ ...context('PutObject'), hasCallback }, reply).crc64),
  UploadPart: (reply) => isCrc64(replies.readUploadPart(context('UploadPart'), reply).crc64),
  Complete: (reply, hasCallback) =>
    isCrc64(
      replies.readComplete({ ...context('CompleteMultipartUpload'), hasCallback }, reply).crc64,
    ),
  Initiate: (reply) => isText(replies.readInitiate(context('InitiateMultipartUpload'), reply)),
  Abort: (reply) => replies.readAbort(context('AbortMultipartUpload'), reply) === undefined,
  ListParts: (reply) =>
    replies
      .readListParts(context('ListParts'), reply)
      .parts.every((part) => isCount(part.size) && isCount(part.partNumber) && isText(part.etag)),
  ListMultipartUploads: (reply) =>
    replies
      .readListMultipartUploads(context('ListMultipartUploads'), reply)
      .uploads.every(({ key, uploadId }) => isText(key) && isText(uploadId)),
  HeadObject: (reply) => {
    const head = replies.readHeadObject(context('HeadObject'), reply)
    return head === undefined || (isCount(head.size) && isCrc64(head.crc64))
  },
}

function context(operation: Parameters<typeof replies.readAbort>[0]['operation']) {
  return { operation, bucket: 'b', key: 'a.bin' }
}

it.each(Object.entries(readers))('reads any answer to %s, or says what is wrong', (_name, read) => {
  fc.assert(
    fc.property(answer, fc.boolean(), (reply, hasCallback) => {
      try {
        expect(read(reply, hasCallback)).toBe(true)
        expect([200, 203, 204, 404]).toContain(reply.status)
      } catch (error) {
        if (!isOssUploadError(error)) throw error
      }
    }),
    fuzzing(300),
  )
})
