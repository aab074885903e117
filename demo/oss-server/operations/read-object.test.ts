import { expect, test } from 'vitest'
import type { OssServer } from '../server.js'
import { crc64Of } from '../testing/bytes.js'
import { element, type SignedRequest, send, sendSigned } from '../testing/raw-client.js'
import { startTestServer } from '../testing/test-server.js'

const TEXT = '0123456789'

async function startWithObject(request: SignedRequest = {}): Promise<OssServer> {
  const server = await startTestServer()
  await sendSigned(server, { method: 'PUT', key: 'k', body: TEXT, ...request })
  return server
}

test.each([
  ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=-2', 206, '89', 'bytes 8-9/10'],
  ['bytes=5-20', 200, TEXT, undefined],
  ['bytes=10-', 200, TEXT, undefined],
  ['bytes=3-1', 200, TEXT, undefined],
  ['bytes=0-1,3-4', 200, TEXT, undefined],
])('answers %s as OSS does', async (range, status, text, contentRange) => {
  const server = await startWithObject()
  const reply = await sendSigned(server, { key: 'k', headers: { range } })
  expect([reply.status, reply.text, reply.headers['content-range']]).toEqual([
    status,
    text,
    contentRange,
  ])
  expect(reply.headers['x-oss-hash-crc64ecma']).toBe(crc64Of(Buffer.from(TEXT)))
})

test('answers ranges by the standard when asked to', async () => {
  const server = await startWithObject()
  const standard = { 'x-oss-range-behavior': 'standard' }
  const cut = await sendSigned(server, { key: 'k', headers: { ...standard, range: 'bytes=5-20' } })
  expect([cut.status, cut.text]).toEqual([206, '56789'])
  const outside = await sendSigned(server, {
    key: 'k',
    headers: { ...standard, range: 'bytes=10-' },
  })
  expect([outside.status, element(outside, 'Code')]).toEqual([416, 'InvalidRange'])
})

test('reads a range across the parts of a multipart object', async () => {
  const server = await startTestServer()
  const started = await sendSigned(server, { method: 'POST', key: 'm', query: { uploads: '' } })
  const uploadId = element(started, 'UploadId') ?? ''
  const parts = [Buffer.alloc(102_400, 'a'), Buffer.alloc(102_400, 'b'), Buffer.from('c')]
  for (const [index, body] of parts.entries()) {
    const query = { partNumber: String(index + 1), uploadId }
    await sendSigned(server, { method: 'PUT', key: 'm', query, body })
  }
  const headers = { 'x-oss-complete-all': 'yes' }
  await sendSigned(server, { method: 'POST', key: 'm', query: { uploadId }, headers })
  const range = { range: 'bytes=102399-204800' }
  const { body } = await sendSigned(server, { key: 'm', headers: range })
  expect(body).toEqual(Buffer.concat(parts).subarray(102_399, 204_801))
})

test.each([
  [{ 'if-match': '"other"' }, 412],
  [{ 'if-match': '"781E5E245D69B566979B86E28D23F2C7"' }, 200],
  [{ 'if-none-match': '781E5E245D69B566979B86E28D23F2C7' }, 304],
  [{ 'if-none-match': '"other"' }, 200],
  [{ 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' }, 304],
  [{ 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 412],
])('answers a read with %j by %i', async (headers, status) => {
  const server = await startWithObject()
  expect((await sendSigned(server, { key: 'k', headers: headers as never })).status).toBe(status)
  const head = { method: 'HEAD', key: 'k', headers: headers as never }
  expect((await sendSigned(server, head)).status).toBe(status)
})

test('gives back what was said of the object, and the light variant less', async () => {
  const server = await startWithObject({
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': "attachment; filename*=UTF-8''%C3%A9",
      'x-oss-meta-Author': 'alice',
      'x-oss-storage-class': 'IA',
      'x-oss-server-side-encryption': 'AES256',
    },
  })
  const head = await sendSigned(server, { method: 'HEAD', key: 'k' })
  expect(head.headers).toMatchObject({
    'content-length': '10',
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': "attachment; filename*=UTF-8''%C3%A9",
    'x-oss-meta-author': 'alice',
    'x-oss-storage-class': 'IA',
    'x-oss-server-side-encryption': 'AES256',
    'content-md5': 'eB5eJF1ptWaXm4bijSPyxw==',
  })
  const meta = await sendSigned(server, { method: 'HEAD', key: 'k', query: { objectMeta: '' } })
  expect(meta.headers).toMatchObject({ 'content-length': '10', etag: head.headers['etag'] })
  expect(meta.headers['x-oss-meta-author']).toBeUndefined()
})

test('answers a failed HEAD without a body, and says why in its headers', async () => {
  const server = await startTestServer()
  const reply = await sendSigned(server, { method: 'HEAD', key: 'absent' })
  expect([reply.status, reply.body.length]).toEqual([404, 0])
  expect(reply.headers['x-oss-ec']).toBe('0026-00000001')
  const xml = Buffer.from(reply.headers['x-oss-err'] ?? '', 'base64').toString()
  expect(xml).toContain('<Code>NoSuchKey</Code>')
  expect(xml).toContain(`<RequestId>${reply.headers['x-oss-request-id']}</RequestId>`)
})

test('shows an object to everybody only when its ACL says so', async () => {
  const server = await startWithObject({ headers: { 'x-oss-object-acl': 'public-read' } })
  expect(await send(server, { path: '/k' })).toMatchObject({ status: 200, text: TEXT })
  const override = await send(server, { path: '/k?response-content-type=text/html' })
  expect(override.status).toBe(403)
  await sendSigned(server, { method: 'PUT', key: 'k', body: TEXT })
  expect((await send(server, { path: '/k' })).status).toBe(403)
})

test('keeps the bytes of an object for a reader who has begun', async () => {
  const server = await startWithObject()
  const stream = (await server.readObject('k'))?.stream()
  await sendSigned(server, { method: 'DELETE', key: 'k' })
  const chunks: Buffer[] = []
  for await (const chunk of stream ?? []) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe(TEXT)
  expect(await server.readObject('k')).toBeUndefined()
})

test('copies an object with its metadata or with other, under conditions', async () => {
  const server = await startWithObject({ headers: { 'x-oss-meta-a': '1' } })
  const copy = (headers: Record<string, string>) =>
    sendSigned(server, {
      method: 'PUT',
      key: 'copy',
      headers: { 'x-oss-copy-source': '/test-bucket/k', ...headers },
    })
  const first = await copy({})
  expect(element(first, 'ETag')).toBe('"781E5E245D69B566979B86E28D23F2C7"')
  expect((await server.readObject('copy'))?.headers['x-oss-meta-a']).toBe('1')
  await copy({ 'x-oss-metadata-directive': 'REPLACE', 'x-oss-meta-b': '2' })
  const replaced = (await server.readObject('copy'))?.headers
  expect([replaced?.['x-oss-meta-a'], replaced?.['x-oss-meta-b']]).toEqual([undefined, '2'])

  expect((await copy({ 'x-oss-copy-source-if-match': 'other' })).status).toBe(412)
  expect((await copy({ 'x-oss-forbid-overwrite': 'true' })).status).toBe(409)
  expect((await copy({ 'x-oss-copy-source': '/test-bucket/absent' })).status).toBe(404)
  expect((await copy({ 'x-oss-copy-source': '/other-bucket/k' })).status).toBe(404)
  expect((await copy({ 'x-oss-copy-source': 'k' })).status).toBe(400)
})
