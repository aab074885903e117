import { describe, expect, it } from 'vitest'
import {
  abortMultipartUpload,
  completeMultipartUpload,
  initiateMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
} from './multipart-operations.js'
import { headObject, putObject } from './operations.js'
import { childrenNamed, childText, readXml } from './xml.js'

const options = { contentType: 'image/png', acl: 'private', trafficLimit: 819_200 } as const
const body = new Blob(['bytes'])

describe('a request', () => {
  it('of PutObject sends the whole file and all its options', () => {
    expect(putObject('a.png', body, options)).toEqual({
      operation: 'PutObject',
      method: 'PUT',
      key: 'a.png',
      query: [],
      headers: {
        'content-type': 'image/png',
        'x-oss-object-acl': 'private',
        'x-oss-traffic-limit': '819200',
      },
      body,
    })
  })

  it('of HeadObject has neither query nor body', () => {
    expect(headObject('a')).toEqual({
      operation: 'HeadObject',
      method: 'HEAD',
      key: 'a',
      query: [],
      headers: {},
    })
  })

  it('of Initiate has no body', () => {
    expect(initiateMultipartUpload('a', options)).toEqual({
      operation: 'InitiateMultipartUpload',
      method: 'POST',
      key: 'a',
      query: [['uploads'], ['encoding-type', 'url']],
      headers: { 'content-type': 'image/png' },
    })
  })

  it('of UploadPart sends the slice and, where asked for, its MD5', () => {
    const part = { key: 'a', uploadId: 'id', partNumber: 7 }
    expect(uploadPart(part, body, {})).toEqual({
      operation: 'UploadPart',
      method: 'PUT',
      key: 'a',
      query: [
        ['partNumber', '7'],
        ['uploadId', 'id'],
      ],
      headers: {},
      body,
    })
    expect(uploadPart(part, body, options, 'md5==').headers).toEqual({
      'x-oss-traffic-limit': '819200',
      'content-md5': 'md5==',
    })
  })

  it('of AbortMultipartUpload names the upload', () => {
    expect(abortMultipartUpload('a', 'id')).toEqual({
      operation: 'AbortMultipartUpload',
      method: 'DELETE',
      key: 'a',
      query: [['uploadId', 'id']],
      headers: {},
    })
  })

  it('of ListParts asks for the page after a part', () => {
    expect(listParts('a', 'id', 1000).query).toEqual([
      ['uploadId', 'id'],
      ['max-parts', '1000'],
      ['part-number-marker', '1000'],
      ['encoding-type', 'url'],
    ])
    expect(listParts('a', 'id').query).toContainEqual(['part-number-marker', '0'])
  })

  it('with bytes never lets their type become a header that was not signed', async () => {
    const typed = new Blob(['bytes'], { type: 'text/plain' })
    const part = { key: 'a', uploadId: 'id', partNumber: 1 }
    for (const request of [putObject('a', typed, {}), uploadPart(part, typed, {})]) {
      expect(request.body).toMatchObject({ type: '', size: 5 })
      expect(await (request.body as Blob).text()).toBe('bytes')
    }
    // Where the type is signed, nothing is added.
    expect(putObject('a', typed, { contentType: 'image/png' }).body).toBe(typed)
  })
})

describe('a request of Complete', () => {
  const parts = [
    { partNumber: 1, etag: '"A"' },
    { partNumber: 3, etag: '"<&>"' },
  ]

  it('lists the parts with their ETags as OSS sent them', () => {
    const { body: xml } = completeMultipartUpload('a', 'id', parts, {})
    const list = readXml(String(xml))
    expect(list?.name).toBe('CompleteMultipartUpload')
    const read = list && childrenNamed(list, 'Part')
    expect(
      read?.map((part) => ({
        partNumber: Number(childText(part, 'PartNumber')),
        etag: childText(part, 'ETag'),
      })),
    ).toEqual(parts)
  })

  it('says that its body is XML, whatever the type of the object', () => {
    const request = completeMultipartUpload('a', 'id', parts, options)
    expect(request).toMatchObject({ method: 'POST', key: 'a' })
    expect(request.query).toEqual([
      ['uploadId', 'id'],
      ['encoding-type', 'url'],
    ])
    expect(request.headers).toEqual({
      'content-type': 'application/xml',
      'x-oss-object-acl': 'private',
    })
  })
})

describe('a request of ListMultipartUploads', () => {
  it('is on the bucket and goes on after a key and an upload', () => {
    const after = { key: 'a b', uploadId: 'id' }
    const request = listMultipartUploads({ prefix: 'a', after })
    expect(request).toMatchObject({ operation: 'ListMultipartUploads', method: 'GET', headers: {} })
    expect(request.key).toBeUndefined()
    expect(request.query).toEqual(
      expect.arrayContaining([
        ['uploads'],
        ['prefix', 'a'],
        ['key-marker', 'a b'],
        ['upload-id-marker', 'id'],
        ['encoding-type', 'url'],
      ]),
    )
  })

  it('leaves out an empty prefix: OSS wants no empty parameters', () => {
    const names = listMultipartUploads({ prefix: '' }).query.map(([name]) => name)
    expect(names).not.toContain('prefix')
    expect(names).not.toContain('key-marker')
  })

  it('asks for no more uploads than the reader of XML takes, with the longest keys', () => {
    const count = Number(
      listMultipartUploads({ prefix: '' }).query.find(([name]) => name === 'max-uploads')?.[1],
    )
    const key = '%E4%B8%AD'.repeat(341)
    const upload = `<Upload><Key>${key}</Key><UploadId>${'F'.repeat(32)}</UploadId><StorageClass>DeepColdArchive</StorageClass><Initiated>2025-03-01T07:59:00.000Z</Initiated></Upload>\n`
    const page = readXml(
      `<Result><NextKeyMarker>${key}</NextKeyMarker>${upload.repeat(count)}</Result>`,
    )
    expect(page && childrenNamed(page, 'Upload')).toHaveLength(count)
  })
})
