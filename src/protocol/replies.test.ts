import { describe, expect, it } from 'vitest'
import { OssProtocolError, OssServiceError } from '../errors.js'
import {
  readAbort,
  readComplete,
  readInitiate,
  readListMultipartUploads,
  readListParts,
  readUploadPart,
} from './multipart-replies.js'
import type { OssOperation } from './operations.js'
import { readHeadObject, readPutObject } from './replies.js'
import type { OssReply, RequestContext } from './service-error.js'

const NAMESPACE = ' xmlns="http://doc.oss-cn-hangzhou.aliyuncs.com"'
const HTML = '<!DOCTYPE html><html><body>Please log in<br></body></html>'

function replyOf(status: number, body = '', headers: Record<string, string> = {}): OssReply {
  return { status, body, header: (name) => headers[name] }
}

function contextOf(operation: OssOperation): RequestContext {
  return { operation, bucket: 'b', key: 'a.bin' }
}

const readers = [
  ['PutObject', readPutObject],
  ['UploadPart', readUploadPart],
  ['InitiateMultipartUpload', readInitiate],
  ['CompleteMultipartUpload', readComplete],
  ['AbortMultipartUpload', readAbort],
  ['ListParts', readListParts],
  ['ListMultipartUploads', readListMultipartUploads],
  ['HeadObject', readHeadObject],
] as const

describe('any operation', () => {
  it.each(readers)('%s reports a refusal with its code', (operation, read) => {
    const body = '<Error><Code>AccessDenied</Code><RequestId>R1</RequestId></Error>'
    const reading = () => read(contextOf(operation), replyOf(403, body))
    expect(reading).toThrow(OssServiceError)
    expect(reading).toThrow(`${operation} of "a.bin" in bucket "b" failed: 403 AccessDenied`)
  })

  it.each(readers)("%s reports a proxy's error page by its status", (operation, read) => {
    const reading = () => read(contextOf(operation), replyOf(502, HTML))
    expect(reading).toThrow(OssServiceError)
    expect(reading).toThrow('502 without an error of OSS')
  })

  const withCallback: string[] = ['PutObject', 'CompleteMultipartUpload']
  const without = readers.filter(([operation]) => !withCallback.includes(operation))
  it.each(without)('%s does not take a failed callback for success', (operation, read) => {
    const body = '<Error><Code>CallbackFailed</Code></Error>'
    const headers = { etag: '"A"', 'content-length': '1' }
    const reading = () => read(contextOf(operation), replyOf(203, body, headers))
    expect(reading).toThrow('203 CallbackFailed')
  })

  const silent = readers.filter(([operation]) => operation !== 'AbortMultipartUpload')
  it.each(silent)('%s does not take a page with status 200 for an answer', (operation, read) => {
    expect(() => read(contextOf(operation), replyOf(200, HTML))).toThrow(OssProtocolError)
  })
})

describe('stored bytes', () => {
  const headers = {
    etag: '"5B3C-2"',
    'x-oss-hash-crc64ecma': '12241313277087217234',
    'x-oss-request-id': 'R1',
    'x-oss-version-id': 'V1',
  }
  const object = {
    etag: '"5B3C-2"',
    crc64: '12241313277087217234',
    requestId: 'R1',
    versionId: 'V1',
  }

  it('of PutObject and Complete are told by headers', () => {
    expect(readPutObject(contextOf('PutObject'), replyOf(200, '', headers))).toEqual(object)
    const context = contextOf('CompleteMultipartUpload')
    const body = '<CompleteMultipartUploadResult/>'
    expect(readComplete(context, replyOf(200, body, headers))).toEqual(object)
  })

  it.each([
    ['PutObject', readPutObject],
    ['UploadPart', readUploadPart],
    ['CompleteMultipartUpload', readComplete],
  ] as const)(
    'of %s are not believed of a page in its place, whatever its headers',
    (operation, read) => {
      const page = replyOf(200, '<html><body>Welcome to the hotel</body></html>', headers)
      expect(() => read(contextOf(operation), page)).toThrow(
        expect.objectContaining({ code: 'protocol', retryable: true }),
      )
    },
  )

  it('of a part are its ETag and CRC-64', () => {
    expect(readUploadPart(contextOf('UploadPart'), replyOf(200, '', headers))).toEqual({
      etag: '"5B3C-2"',
      crc64: '12241313277087217234',
    })
  })

  it.each(['', NAMESPACE])('have an ETag in the body of Complete where CORS hides it', (xmlns) => {
    const body = `<CompleteMultipartUploadResult${xmlns}><ETag>&quot;5B3C-2&quot;</ETag></CompleteMultipartUploadResult>`
    expect(readComplete(contextOf('CompleteMultipartUpload'), replyOf(200, body))).toEqual({
      etag: '"5B3C-2"',
      crc64: undefined,
      requestId: '',
      versionId: undefined,
    })
  })

  it.each([
    ['PutObject', readPutObject, ''],
    ['UploadPart', readUploadPart, ''],
    ['CompleteMultipartUpload', readComplete, '<CompleteMultipartUploadResult/>'],
  ] as const)('of %s may have an ETag that CORS hides', (operation, read, body) => {
    expect(read(contextOf(operation), replyOf(200, body))).toMatchObject({ etag: undefined })
  })

  it.each(['', '-1', '1.5', '0x1F', '007', 'none', '123456789012345678901'])(
    'have no CRC-64 when it is %j',
    (crc) => {
      const reply = replyOf(200, '', { etag: '"A"', 'x-oss-hash-crc64ecma': crc })
      expect(readUploadPart(contextOf('UploadPart'), reply).crc64).toBeUndefined()
    },
  )

  it('may have the CRC-64 0', () => {
    const reply = replyOf(200, '', { etag: '"A"', 'x-oss-hash-crc64ecma': '0' })
    expect(readUploadPart(contextOf('UploadPart'), reply).crc64).toBe('0')
  })
})

describe('the answer to Initiate', () => {
  const context = contextOf('InitiateMultipartUpload')

  it.each(['', NAMESPACE])('holds the upload ID', (xmlns) => {
    const body = `<?xml version="1.0" encoding="UTF-8"?>
      <InitiateMultipartUploadResult${xmlns}>
        <EncodingType>url</EncodingType><Bucket>b</Bucket><Key>dir%2Fa</Key>
        <UploadId>7A1B</UploadId>
      </InitiateMultipartUploadResult>`
    expect(readInitiate(context, replyOf(200, body))).toBe('7A1B')
  })

  it.each([
    '<InitiateMultipartUploadResult/>',
    '<InitiateMultipartUploadResult><UploadId> </UploadId></InitiateMultipartUploadResult>',
    '<InitiateMultipartUploadResult><UploadId>7A1\ud800</UploadId></InitiateMultipartUploadResult>',
    '<InitiateMultipartUploadResult><UploadId>7A1B</Upl',
    '<Other><UploadId>7A1B</UploadId></Other>',
    '',
  ])('is tried again when it is %j', (body) => {
    expect(() => readInitiate(context, replyOf(200, body))).toThrow(
      expect.objectContaining({ code: 'protocol', retryable: true }),
    )
  })
})

describe('the answer to Abort', () => {
  const context = contextOf('AbortMultipartUpload')

  it('is empty, or says that OSS knows no such upload any more', () => {
    expect(() => readAbort(context, replyOf(204))).not.toThrow()
    expect(() => readAbort(context, replyOf(200, '<!doctype html>'))).toThrow('not from OSS')
    const gone = '<Error><Code>NoSuchUpload</Code></Error>'
    expect(() => readAbort(context, replyOf(404, gone))).not.toThrow()
  })

  it.each(['<Error><Code>NoSuchBucket</Code></Error>', HTML, ''])(
    'is a failure for another 404: %j',
    (body) => {
      expect(() => readAbort(context, replyOf(404, body))).toThrow(OssServiceError)
    },
  )
})

describe('the head of an object', () => {
  const context = contextOf('HeadObject')
  const errorHeader = (code: string) => ({
    'x-oss-err': Buffer.from(`<Error><Code>${code}</Code></Error>`).toString('base64'),
  })

  it('holds its size and digests', () => {
    const headers = {
      'content-length': '5368709121',
      etag: '"A-2"',
      'x-oss-hash-crc64ecma': '7',
      'x-oss-version-id': 'V1',
    }
    expect(readHeadObject(context, replyOf(200, '', headers))).toEqual({
      size: 5_368_709_121,
      etag: '"A-2"',
      crc64: '7',
      versionId: 'V1',
    })
  })

  it('is not missing on the word of a proxy', () => {
    expect(() => readHeadObject(context, replyOf(404))).toThrow('cannot tell')
    const known = { ...context, isIdReadable: true }
    expect(() => readHeadObject(known, replyOf(404))).toThrow('Does a proxy answer')
  })

  it('needs nothing but a size, which may be 0', () => {
    const head = readHeadObject(context, replyOf(200, '', { 'content-length': '0' }))
    expect(head).toEqual({ size: 0, etag: undefined, crc64: undefined, versionId: undefined })
  })

  it.each([{}, { 'content-length': '' }, { 'content-length': '-1' }, { 'content-length': '1e3' }])(
    'without a size proves nothing: %j',
    (headers: Record<string, string>) => {
      expect(() => readHeadObject(context, replyOf(200, '', headers))).toThrow('Content-Length')
    },
  )

  it('is missing where there is no such object, whether or not OSS may say why', () => {
    const own = replyOf(404, '', { 'x-oss-request-id': 'R' })
    expect(readHeadObject(context, own)).toBeUndefined()
    expect(readHeadObject(context, replyOf(404, '', errorHeader('NoSuchKey')))).toBeUndefined()
  })

  it('is a failure where there is no such bucket', () => {
    const reply = replyOf(404, '', errorHeader('NoSuchBucket'))
    expect(() => readHeadObject(context, reply)).toThrow('404 NoSuchBucket')
  })
})
