import { describe, expect, it } from 'vitest'
import { checkObjectOptions } from './check-object-options.js'
import type { ObjectOptions } from './object-options.js'

/** Options as JavaScript may pass them. */
const check = (options: unknown) => checkObjectOptions(options as ObjectOptions)

const tagsOf = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`tag${i}`, 'x']))

describe('object options', () => {
  it.each([
    {},
    { contentType: 'text/plain;charset=utf-8' },
    { cacheControl: 'max-age=60', contentDisposition: 'attachment; filename="caf\u00e9.txt"' },
    { storageClass: 'DeepColdArchive', acl: 'public-read-write', forbidOverwrite: true },
    { encryption: { algorithm: 'AES256' } },
    { encryption: { algorithm: 'KMS', keyId: '9468da86-3509-4f8d-a61e-6eab1eac2d2f' } },
    { metadata: { 'Camera-1': 'caf\u00e9' } },
    { metadata: { a: 'x'.repeat(8191) } },
    { tags: tagsOf(10) },
    { tags: { ['k'.repeat(128)]: 'v'.repeat(256), 'A z+-=._:/9': '' } },
    { headers: { 'Content-Encoding': 'gzip', expires: 'Thu, 01 Jan 2026 00:00:00 GMT' } },
    { trafficLimit: 819_200 },
    { trafficLimit: 838_860_800 },
  ])('accepted: %j', (options) => {
    expect(() => check(options)).not.toThrow()
  })

  it.each([
    ['contentType', { contentType: '' }],
    ['contentType', { contentType: 'text/中' }],
    ['contentType', { contentType: 5 }],
    ['cacheControl', { cacheControl: ' \t' }],
    ['contentDisposition', { contentDisposition: 'a\r\nx-oss-object-acl: public-read' }],
    ['contentDisposition', { contentDisposition: 'a\0' }],
    ['storageClass', { storageClass: 'standard' }],
    ['storageClass', { storageClass: 'IA|Archive' }],
    ['acl', { acl: 'public' }],
    ['acl', { acl: '' }],
    ['encryption.algorithm', { encryption: {} }],
    ['encryption.algorithm', { encryption: null }],
    ['encryption.algorithm', { encryption: { algorithm: 'aes' } }],
    ['encryption.keyId', { encryption: { algorithm: 'KMS', keyId: '' } }],
    ['metadata', { metadata: { 'a b': 'x' } }],
    ['metadata', { metadata: { '': 'x' } }],
    ['metadata', { metadata: { a_b: 'x' } }],
    ['metadata.author', { metadata: { author: '' } }],
    ['metadata.author', { metadata: { author: '中' } }],
    ['metadata.author', { metadata: { author: 'a\nb' } }],
    ['metadata.author', { metadata: { author: undefined } }],
    ['metadata.author', { metadata: { author: 7 } }],
    ['tags', { tags: { '': 'x' } }],
    ['tags', { tags: { ['k'.repeat(129)]: 'x' } }],
    ['tags', { tags: { 'a&b': 'x' } }],
    ['tags.a', { tags: { a: 'v'.repeat(257) } }],
    ['tags.a', { tags: { a: '中' } }],
    ['tags.a', { tags: { a: undefined } }],
    ['headers', { headers: { 'a:b': 'x' } }],
    ['headers', { headers: { '': 'x' } }],
    ['headers', { headers: { Authorization: 'x' } }],
    ['headers', { headers: { 'X-OSS-Meta-A': 'x' } }],
    ['headers', { headers: { 'Content-Type': 'x' } }],
    ['headers', { headers: { 'content-length': '1' } }],
    ['headers', { headers: { host: 'x' } }],
    ['headers.expires', { headers: { expires: '' } }],
    ['headers.expires', { headers: { expires: undefined } }],
    ['headers.expires', { headers: { expires: 'a\r\nb: c' } }],
  ])('refused by the name of %s: %j', (name, options) => {
    expect(() => check(options)).toThrow(TypeError)
    expect(() => check(options)).toThrow(name)
  })

  it.each([
    ['metadata', { metadata: { a: 'x'.repeat(8192) } }],
    ['tags', { tags: tagsOf(11) }],
    ['trafficLimit', { trafficLimit: 819_199 }],
    ['trafficLimit', { trafficLimit: 838_860_801 }],
    ['trafficLimit', { trafficLimit: 1e6 + 0.5 }],
    ['trafficLimit', { trafficLimit: Number.NaN }],
    ['trafficLimit', { trafficLimit: '1000000' }],
  ])('outside the range of %s', (name, options) => {
    expect(() => check(options)).toThrow(RangeError)
    expect(() => check(options)).toThrow(name)
  })
})
