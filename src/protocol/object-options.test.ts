import { describe, expect, it } from 'vitest'
import {
  completeHeaders,
  initiateHeaders,
  type ObjectOptions,
  partHeaders,
  putHeaders,
} from './object-options.js'

const everything: Required<ObjectOptions> = {
  contentType: 'video/mp4',
  cacheControl: 'no-cache',
  contentDisposition: 'attachment',
  storageClass: 'IA',
  encryption: { algorithm: 'KMS', keyId: 'key-1' },
  acl: 'private',
  metadata: { Author: 'alice' },
  tags: { 'a b': 'c/d', e: '' },
  forbidOverwrite: true,
  trafficLimit: 819_200,
  callback: { url: 'https://app.example.com/hook', body: 'size=${size}' },
  headers: { 'Content-Encoding': 'gzip' },
}

/** What describes the object; OSS refuses these on a part and on Complete. */
const description = {
  'content-type': 'video/mp4',
  'cache-control': 'no-cache',
  'content-disposition': 'attachment',
  'content-encoding': 'gzip',
  'x-oss-storage-class': 'IA',
  'x-oss-server-side-encryption': 'KMS',
  'x-oss-server-side-encryption-key-id': 'key-1',
  'x-oss-meta-author': 'alice',
  'x-oss-tagging': 'a%20b=c%2Fd&e=',
}
const forbidOverwrite = { 'x-oss-forbid-overwrite': 'true' }
const acl = { 'x-oss-object-acl': 'private' }
const callback = {
  'x-oss-callback': Buffer.from(
    '{"callbackUrl":"https://app.example.com/hook","callbackBody":"size=${size}"}',
  ).toString('base64'),
}
const trafficLimit = { 'x-oss-traffic-limit': '819200' }

describe('the headers', () => {
  it('of Initiate describe the object, without its ACL', () => {
    expect(initiateHeaders(everything)).toEqual({ ...description, ...forbidOverwrite })
  })

  it('of a part limit its traffic, and nothing else', () => {
    expect(partHeaders(everything)).toEqual(trafficLimit)
  })

  it('of Complete hold the ACL and the callback, and forbid overwriting once more', () => {
    expect(completeHeaders(everything)).toEqual({ ...forbidOverwrite, ...acl, ...callback })
  })

  it('of PutObject hold everything', () => {
    const headers = { ...description, ...forbidOverwrite, ...acl, ...trafficLimit, ...callback }
    expect(putHeaders(everything)).toEqual(headers)
  })

  it.each([
    ['Initiate', initiateHeaders],
    ['a part', partHeaders],
    ['Complete', completeHeaders],
    ['PutObject', putHeaders],
  ])('of %s are none where no option is given', (_, headersOf) => {
    expect(headersOf({})).toEqual({})
    expect(headersOf({ forbidOverwrite: false, tags: {}, metadata: {}, headers: {} })).toEqual({})
  })

  it('are never sent empty, because that breaks the signature', () => {
    expect(initiateHeaders({ contentType: '', headers: { expires: '' } })).toEqual({})
  })
})
