import { describe, expect, it } from 'vitest'
import { OssProtocolError } from '../errors.js'
import { readListMultipartUploads, readListParts } from './multipart-replies.js'
import type { OssReply, RequestContext } from './service-error.js'

const NAMESPACE = ' xmlns="http://doc.oss-cn-hangzhou.aliyuncs.com"'

function replyOf(status: number, body: string): OssReply {
  return { status, body, header: () => undefined }
}

describe('a page of parts', () => {
  const context: RequestContext = { operation: 'ListParts', bucket: 'b', key: 'a.bin' }
  const part = (inside: string) => `<Part>${inside}</Part>`
  const good = '<PartNumber>1</PartNumber><ETag>"A"</ETag><Size>1048576</Size>'
  const read = (inside: string, xmlns = '') =>
    readListParts(context, replyOf(200, `<ListPartsResult${xmlns}>${inside}</ListPartsResult>`))

  it.each(['', NAMESPACE])('holds number, size, ETag and CRC-64 of each', (xmlns) => {
    const crc = '<HashCrc64ecma>12241313277087217234</HashCrc64ecma>'
    const inside = `<IsTruncated>false</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>${part(good + crc)}${part(good)}`
    const listed = { partNumber: 1, etag: '"A"', size: 1_048_576 }
    expect(read(inside, xmlns)).toEqual({
      parts: [
        { ...listed, crc64: '12241313277087217234' },
        { ...listed, crc64: undefined },
      ],
    })
  })

  it('says where the next one begins', () => {
    const inside =
      '<IsTruncated>true</IsTruncated><NextPartNumberMarker>1000</NextPartNumberMarker>'
    expect(read(inside)).toEqual({ parts: [], nextPartNumberMarker: 1000 })
  })

  it.each([
    ['NextPartNumberMarker', '<IsTruncated>true</IsTruncated>'],
    ['PartNumber', part('<ETag>"A"</ETag><Size>1</Size>')],
    ['ETag', part('<PartNumber>1</PartNumber><Size>1</Size>')],
    ['Size', part('<PartNumber>1</PartNumber><ETag>"A"</ETag>')],
    ['Size', part('<PartNumber>1</PartNumber><ETag>"A"</ETag><Size>-1</Size>')],
    ['Size', part('<PartNumber>1</PartNumber><ETag>"A"</ETag><Size>9007199254740993</Size>')],
    ['PartNumber', part('<PartNumber>1e3</PartNumber><ETag>"A"</ETag><Size>1</Size>')],
  ])('without a usable %s is refused by that name: %s', (name, inside) => {
    expect(() => read(inside)).toThrow(OssProtocolError)
    expect(() => read(inside)).toThrow(name)
  })

  it('of 1,000 parts is read', () => {
    expect(read(part(good).repeat(1000)).parts).toHaveLength(1000)
  })
})

describe('a page of unfinished uploads', () => {
  const context: RequestContext = { operation: 'ListMultipartUploads', bucket: 'b' }
  const upload = (key: string) =>
    `<Upload><Key>${key}</Key><UploadId>0004</UploadId><Initiated>2025-03-01T07:59:00.000Z</Initiated></Upload>`
  const read = (inside: string, xmlns = '') => {
    const body = `<ListMultipartUploadsResult${xmlns}>${inside}</ListMultipartUploadsResult>`
    return readListMultipartUploads(context, replyOf(200, body))
  }
  const encoded = '<EncodingType>url</EncodingType>'
  const listed = { uploadId: '0004', initiated: '2025-03-01T07:59:00.000Z' }

  it.each(['', NAMESPACE])('holds keys as they are, whatever stands in them', (xmlns) => {
    expect(read(encoded + upload('dir%2Fa+b%2B%E4%B8%AD%01'), xmlns)).toEqual({
      uploads: [{ key: 'dir/a b+中\u0001', ...listed }],
    })
  })

  it('decodes keys only where OSS says that they are encoded', () => {
    expect(read(upload('a%2Fb+c')).uploads[0]?.key).toBe('a%2Fb+c')
  })

  it('says where the next one begins', () => {
    const next =
      '<IsTruncated>true</IsTruncated><NextKeyMarker>dir%2Fb</NextKeyMarker><NextUploadIdMarker>7A</NextUploadIdMarker>'
    expect(read(encoded + next)).toEqual({ uploads: [], next: { key: 'dir/b', uploadId: '7A' } })
  })

  it.each([
    ['Key', '<Upload><UploadId>1</UploadId><Initiated>x</Initiated></Upload>'],
    ['UploadId', '<Upload><Key>a</Key><Initiated>x</Initiated></Upload>'],
    ['Initiated', '<Upload><Key>a</Key><UploadId>1</UploadId></Upload>'],
    ['NextKeyMarker', '<IsTruncated>true</IsTruncated>'],
    ['NextUploadIdMarker', '<IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker>'],
    ['decoded', `${encoded}${upload('%E4%B8')}`],
  ])('that lacks something names it: %s', (name, inside) => {
    expect(() => read(inside)).toThrow(OssProtocolError)
    expect(() => read(inside)).toThrow(name)
  })
})
