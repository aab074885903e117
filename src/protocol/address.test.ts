import { describe, expect, it } from 'vitest'
import { type BucketAddressOptions, bucketAddress, requestUrl } from './address.js'

const options = { region: 'cn-hangzhou', bucket: 'my-bucket' }

function urlFor(more: Partial<BucketAddressOptions>, key?: string): string {
  return requestUrl(bucketAddress({ ...options, ...more }), key, [['uploads']])
}

describe('the URL of a request', () => {
  it("is on the region's public endpoint by https unless told otherwise", () => {
    expect(urlFor({}, 'a b/c')).toBe(
      'https://my-bucket.oss-cn-hangzhou.aliyuncs.com/a%20b/c?uploads',
    )
  })

  it.each([
    ['virtual-hosted', 'http://my-bucket.localhost:9000/'],
    ['cname', 'http://localhost:9000/'],
    ['path', 'http://localhost:9000/my-bucket/'],
  ] as const)('names the bucket in the style %s', (addressing, base) => {
    const endpoint = 'http://localhost:9000/'
    expect(urlFor({ endpoint, addressing }, 'key')).toBe(`${base}key?uploads`)
    expect(urlFor({ endpoint, addressing })).toBe(`${base}?uploads`)
  })

  it('has no question mark without a query', () => {
    expect(requestUrl(bucketAddress(options), 'key', [])).toMatch(/\/key$/)
  })
})

describe('the region', () => {
  it('may be written as in an endpoint', () => {
    expect(bucketAddress({ ...options, region: 'oss-cn-hangzhou' }).region).toBe('cn-hangzhou')
  })
})

describe('bad options', () => {
  it.each([
    ['region', { region: '' }],
    ['region', { region: 'oss-' }],
    ['region', { region: 'CN-Hangzhou' }],
    ['region', { region: 'a.b/c' }],
    ['region', { region: undefined as unknown as string }],
    ['bucket', { bucket: 'ab' }],
    ['bucket', { bucket: 'a'.repeat(64) }],
    ['bucket', { bucket: '-abc' }],
    ['bucket', { bucket: 'a.b.c' }],
    ['bucket', { bucket: 'Bucket' }],
    ['bucket', { bucket: undefined as unknown as string }],
    ['addressing', { addressing: 'dns' as 'path' }],
    ['endpoint', { addressing: 'cname' as const }],
    ['endpoint', { endpoint: '' }],
    ['endpoint', { endpoint: 'oss-cn-hangzhou.aliyuncs.com' }],
    ['endpoint', { endpoint: 'ftp://host' }],
    ['endpoint', { endpoint: 'https://host/bucket' }],
    ['endpoint', { endpoint: 'https://host/?a' }],
    ['endpoint', { endpoint: 'https://host/#a' }],
    ['endpoint', { endpoint: 'https://user@host' }],
    ['endpoint', { endpoint: 'http://127.0.0.1:9000' }],
    ['endpoint', { endpoint: 'http://[::1]:9000' }],
  ])('are refused by name: %s %j', (name, bad) => {
    expect(() => bucketAddress({ ...options, ...bad })).toThrow(TypeError)
    expect(() => bucketAddress({ ...options, ...bad })).toThrow(new RegExp(`\\b${name}\\b`))
  })

  it.each(['abc', 'a'.repeat(63), '0-9'])('the bucket name %s is fine', (bucket) => {
    expect(bucketAddress({ ...options, bucket }).bucket).toBe(bucket)
  })

  it.each(['path', 'cname'] as const)('an IP address is fine with addressing %s', (addressing) => {
    expect(urlFor({ endpoint: 'http://127.0.0.1:9000', addressing })).toContain('127.0.0.1:9000/')
  })
})

describe('an endpoint that has the bucket in front', () => {
  it('is refused before it becomes bucket.bucket.host', () => {
    const endpoint = 'https://my-bucket.oss-cn-hangzhou.aliyuncs.com'
    const options = { region: 'cn-hangzhou', bucket: 'my-bucket', endpoint }
    expect(() => bucketAddress(options)).toThrow('leave it out')
    expect(bucketAddress({ ...options, addressing: 'cname' }).endpoint).toBe(endpoint)
  })

  it('is not shown when it carries a password', () => {
    const endpoint = 'https://me:hunter2@oss.example.com'
    const options = { region: 'cn-hangzhou', bucket: 'my-bucket', endpoint }
    expect(() => bucketAddress(options)).toThrow(/^(?!.*hunter2)endpoint/)
  })
})
