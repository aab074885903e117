import { expect, test } from 'vitest'
import { type AddressingRules, addressOf } from './addressing.js'
import { element, send, sendSigned } from './testing/raw-client.js'
import { BUCKET, startTestServer } from './testing/test-server.js'

const rules: AddressingRules = {
  bucket: 'bkt',
  cnames: ['files.example.com', 'cdn.localhost'],
  allowPathStyle: true,
}

test.each([
  ['bkt.localhost', '/a%20b/%E4%B8%AD+', { bucket: 'bkt', key: 'a b/中+' }],
  ['BKT.localhost:9100', '/', { bucket: 'bkt' }],
  ['other.localhost', '/k', { bucket: 'other', key: 'k' }],
  ['files.example.com:9100', '/k//', { bucket: 'bkt', key: 'k//' }],
  ['cdn.localhost', '/k', { bucket: 'bkt', key: 'k' }],
  ['localhost:9100', '/bkt/a/b', { bucket: 'bkt', key: 'a/b' }],
  ['127.0.0.1', '/bkt/', { bucket: 'bkt' }],
  ['[::1]:9100', '/bkt', { bucket: 'bkt' }],
  ['localhost', '/', {}],
])('reads %s %s', (host, path, address) => {
  expect(addressOf(rules, host, path)).toEqual(address)
})

test.each(['localhost:9100', '127.0.0.1:9100', '[::1]:9100'])(
  'refuses path style on %s unless it is allowed',
  (host) => {
    const strict = { ...rules, allowPathStyle: false }
    expect(() => addressOf(strict, host, '/bkt/k')).toThrow(
      expect.objectContaining({ status: 403, code: 'SecondLevelDomainForbidden' }),
    )
  },
)

test.each([
  ['unknown.example.com', '/k', 'NoSuchBucket'],
  ['bkt.localhost', '/%zz', 'InvalidObjectName'],
  ['bkt.localhost', '/%ff', 'InvalidObjectName'],
  ['bkt.localhost', '*', 'InvalidURI'],
])('refuses %s %s', (host, path, code) => {
  expect(() => addressOf(rules, host, path)).toThrow(expect.objectContaining({ code }))
})

test('signs the same for each way to reach a bucket', async () => {
  const server = await startTestServer({ cnames: ['files.example.com'], allowPathStyle: true })
  const put = { method: 'PUT', key: 'a/b', body: 'x' }
  for (const host of [`${BUCKET}.localhost`, 'files.example.com']) {
    expect((await sendSigned(server, { ...put, host })).status).toBe(200)
  }
  const viaPath = { ...put, host: '127.0.0.1', pathPrefix: `/${BUCKET}` }
  expect((await sendSigned(server, viaPath)).status).toBe(200)
  expect(new Set(server.requests.map(({ key }) => key))).toEqual(new Set(['a/b']))
})

test('knows no other bucket, and no name that is none', async () => {
  const server = await startTestServer()
  const other = await send(server, { host: 'other-bucket.localhost', path: '/k' })
  expect([other.status, element(other, 'Code')]).toEqual([404, 'NoSuchBucket'])
  const wrong = await send(server, { host: 'no_bucket.localhost', path: '/k' })
  expect([wrong.status, element(wrong, 'Code')]).toEqual([400, 'InvalidBucketName'])
})

test('refuses keys that are too long or begin with a slash', async () => {
  const server = await startTestServer()
  const lengths = [`/k`, '\\k', 'é'.repeat(512)]
  for (const key of lengths) {
    const reply = await sendSigned(server, { method: 'PUT', key, body: 'x' })
    expect([reply.status, element(reply, 'Code')]).toEqual([400, 'InvalidObjectName'])
  }
  const longest = `${'é'.repeat(511)}x`
  expect((await sendSigned(server, { method: 'PUT', key: longest, body: 'x' })).status).toBe(200)
})

test('answers 501 to what it does not do', async () => {
  const server = await startTestServer({ allowPathStyle: true })
  for (const request of [
    { method: 'PUT', key: 'k', query: { acl: '' } },
    { method: 'POST', key: 'k', query: { append: '', position: '0' } },
    { method: 'GET', key: 'k', query: { tagging: '' } },
    { method: 'GET', query: { 'list-type': '2' } },
    { method: 'GET', host: 'localhost' },
    { method: 'PATCH', key: 'k' },
  ]) {
    const reply = await sendSigned(server, request)
    expect([reply.status, element(reply, 'Code')]).toEqual([501, 'NotImplemented'])
  }
})

test('answers on IPv4 and, where there is one, on IPv6', async () => {
  const server = await startTestServer()
  const { port } = new URL(server.endpoint)
  const reply = await fetch(`http://127.0.0.1:${port}/`)
  expect(reply.status).toBe(403)
  expect(reply.headers.get('server')).toBe('AliyunOSS')
  expect(reply.headers.get('x-oss-request-id')).toMatch(/^[0-9A-F]{24}$/)
  expect(reply.headers.get('x-oss-server-time')).toMatch(/^\d+$/)
})
