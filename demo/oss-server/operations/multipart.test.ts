import { expect, test } from 'vitest'
import type { OssServer } from '../server.js'
import { crc64Of, randomBytes } from '../testing/bytes.js'
import { element, type RawReply, type SignedRequest, sendSigned } from '../testing/raw-client.js'
import { addStsKey, startTestServer, uploadPolicy } from '../testing/test-server.js'

const KEY = 'dir/a b.bin'
const PART = 102_400

async function initiate(server: OssServer, request: SignedRequest = {}): Promise<string> {
  const query = { uploads: '' }
  const reply = await sendSigned(server, { key: KEY, ...request, method: 'POST', query })
  expect(reply.status).toBe(200)
  return element(reply, 'UploadId') ?? ''
}

function putPart(
  server: OssServer,
  uploadId: string,
  partNumber: number | string,
  body: Buffer | string,
  headers: Record<string, string> = {},
): Promise<RawReply> {
  const query = { partNumber: String(partNumber), uploadId }
  return sendSigned(server, { method: 'PUT', key: KEY, query, body, headers })
}

function complete(
  server: OssServer,
  uploadId: string,
  parts: [partNumber: number, etag: string][],
  headers: Record<string, string> = {},
): Promise<RawReply> {
  const list = parts.map(
    ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
  )
  const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`
  return sendSigned(server, { method: 'POST', key: KEY, query: { uploadId }, body, headers })
}

function verdict(reply: RawReply): (string | number | undefined)[] {
  return [reply.status, element(reply, 'Code')]
}

async function bytesOf(server: OssServer, key = KEY): Promise<Buffer> {
  const object = await server.readObject(key)
  const chunks: Buffer[] = []
  for await (const chunk of object?.stream() ?? []) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('answers a part with its MD5 and CRC', async () => {
  const server = await startTestServer()
  const reply = await putPart(server, await initiate(server), 1, 'hello')
  expect(reply.headers).toMatchObject({
    etag: '"5D41402ABC4B2A76B9719D911017C592"',
    'content-md5': 'XUFAKrxLKna5cZ2REBfFkg==',
    'x-oss-hash-crc64ecma': crc64Of(Buffer.from('hello')),
    'content-length': '0',
  })
})

test.each([0, 10_001, '1.5', 'x', ''])('refuses part number %s', async (number) => {
  const server = await startTestServer()
  const reply = await putPart(server, await initiate(server), number, 'x')
  expect(verdict(reply)).toEqual([400, 'InvalidArgument'])
  expect(element(reply, 'EC')).toBe('0017-00000220')
})

test('refuses a part upload without a part number', async () => {
  const server = await startTestServer()
  const query = { uploadId: await initiate(server) }
  const reply = await sendSigned(server, { method: 'PUT', key: KEY, query, body: 'x' })
  expect(element(reply, 'ArgumentName')).toBe('ResourceType')
  expect(element(reply, 'ArgumentValue')).toBe('partNumber')
})

test('refuses headers on a part that belong to the initiation', async () => {
  const server = await startTestServer()
  const uploadId = await initiate(server)
  for (const headers of [
    { 'x-oss-server-side-encryption': 'AES256' },
    { 'x-oss-storage-class': 'IA' },
  ]) {
    expect(verdict(await putPart(server, uploadId, 1, 'x', headers))).toEqual([
      400,
      'InvalidArgument',
    ])
  }
})

test('refuses parts of an unknown upload, and of an upload of another key', async () => {
  const server = await startTestServer()
  const reply = await putPart(server, 'UNKNOWN', 1, 'x')
  expect([...verdict(reply), element(reply, 'EC')]).toEqual([404, 'NoSuchUpload', '0042-00000104'])
  const uploadId = await initiate(server, { key: 'other' })
  expect(verdict(await putPart(server, uploadId, 1, 'x'))).toEqual([404, 'NoSuchUpload'])
})

test('joins parts with gaps in their numbers, in order, and frees what was not listed', async () => {
  const server = await startTestServer()
  const uploadId = await initiate(server, { headers: { 'content-type': 'video/mp4' } })
  const bytes = randomBytes(PART + 3, 1)
  const last = await putPart(server, uploadId, 10_000, bytes.subarray(PART))
  const first = await putPart(server, uploadId, 7, bytes.subarray(0, PART))
  await putPart(server, uploadId, 8, 'not listed')

  const unquoted = first.headers['etag']?.replaceAll('"', '') ?? ''
  const reply = await complete(server, uploadId, [
    [7, unquoted],
    [10_000, last.headers['etag'] ?? ''],
  ])
  expect(reply.status).toBe(200)
  expect(reply.headers['x-oss-hash-crc64ecma']).toBe(crc64Of(bytes))
  expect(element(reply, 'ETag')).toMatch(/^"[0-9A-F]{32}-2"$/)
  expect(element(reply, 'ETag')).toBe(reply.headers['etag'])
  expect(element(reply, 'Location')).toContain('/dir/a%20b.bin')
  expect(await bytesOf(server)).toEqual(bytes)
  expect((await server.readObject(KEY))?.headers['content-type']).toBe('video/mp4')
})

test('keeps the last of several bodies of one part', async () => {
  const server = await startTestServer()
  const uploadId = await initiate(server)
  await putPart(server, uploadId, 1, 'first')
  const { headers } = await putPart(server, uploadId, 1, 'second')
  await complete(server, uploadId, [[1, headers['etag'] ?? '']])
  expect((await bytesOf(server)).toString()).toBe('second')
})

test('refuses to complete with parts that are absent, changed, unsorted or small', async () => {
  const server = await startTestServer()
  const uploadId = await initiate(server)
  const one = (await putPart(server, uploadId, 1, 'a')).headers['etag'] ?? ''
  const two = (await putPart(server, uploadId, 2, 'b')).headers['etag'] ?? ''
  const attempts: [[number, string][], string][] = [
    [[[1, two]], 'InvalidPart'],
    [[[1, one.toLowerCase()]], 'InvalidPart'],
    [[[3, one]], 'InvalidPart'],
    [
      [
        [2, two],
        [1, one],
      ],
      'InvalidPartOrder',
    ],
    [
      [
        [1, one],
        [1, one],
      ],
      'InvalidPartOrder',
    ],
    [[[0, one]], 'InvalidPartOrder'],
    [
      [
        [1, one],
        [2, two],
      ],
      'EntityTooSmall',
    ],
    [[], 'MalformedXML'],
  ]
  for (const [parts, code] of attempts) {
    expect(verdict(await complete(server, uploadId, parts)), code).toEqual([400, code])
  }
  const invalid = await complete(server, uploadId, [[1, two]])
  expect(element(invalid, 'PartNumber')).toBe('1')
  expect(element(invalid, 'UploadId')).toBe(uploadId)
  expect((await complete(server, uploadId, [[1, one]])).status).toBe(200)
})

test('completes with all parts there are when asked to, and only without a body', async () => {
  const server = await startTestServer()
  const uploadId = await initiate(server)
  await putPart(server, uploadId, 2, 'tail')
  await putPart(server, uploadId, 1, randomBytes(PART, 2))
  const all = { 'x-oss-complete-all': 'yes' }
  const refused = await complete(server, uploadId, [[2, 'x']], all)
  expect([...verdict(refused), element(refused, 'EC')]).toEqual([
    400,
    'InvalidArgument',
    '0042-00000216',
  ])
  const request = { method: 'POST', key: KEY, query: { uploadId }, headers: all }
  expect((await sendSigned(server, request)).status).toBe(200)
  expect((await bytesOf(server)).length).toBe(PART + 4)
})

test('completes once only', async () => {
  const server = await startTestServer()
  const uploadId = await initiate(server)
  const etag = (await putPart(server, uploadId, 1, 'a')).headers['etag'] ?? ''
  expect((await complete(server, uploadId, [[1, etag]])).status).toBe(200)
  const again = await complete(server, uploadId, [[1, etag]])
  expect([...verdict(again), element(again, 'EC')]).toEqual([404, 'NoSuchUpload', '0042-00000203'])
  expect(verdict(await putPart(server, uploadId, 1, 'a'))).toEqual([404, 'NoSuchUpload'])
})

test('does not overwrite an object when that is forbidden', async () => {
  const server = await startTestServer()
  const headers = { 'x-oss-forbid-overwrite': 'true' }
  const uploadId = await initiate(server, { headers })
  const etag = (await putPart(server, uploadId, 1, 'new')).headers['etag'] ?? ''
  await sendSigned(server, { method: 'PUT', key: KEY, body: 'old' })
  const late = await complete(server, uploadId, [[1, etag]], headers)
  expect(verdict(late)).toEqual([409, 'FileAlreadyExists'])
  const again = await sendSigned(server, { method: 'PUT', key: KEY, body: 'new', headers })
  expect(verdict(again)).toEqual([409, 'FileAlreadyExists'])
  expect((await bytesOf(server)).toString()).toBe('old')
  expect((await complete(server, uploadId, [[1, etag]])).status).toBe(200)
})

test('lets one of several writers win where overwriting is forbidden', async () => {
  const server = await startTestServer()
  const headers = { 'x-oss-forbid-overwrite': 'true' }
  const writes = Array.from({ length: 5 }, (_, index) =>
    sendSigned(server, { method: 'PUT', key: KEY, body: `writer ${index}`, headers }),
  )
  const statuses = (await Promise.all(writes)).map((reply) => reply.status)
  expect(statuses.toSorted()).toEqual([200, 409, 409, 409, 409])
})

test('asks for the right to tag when tags are sent, and for the ACL where it is set', async () => {
  const server = await startTestServer()
  const as = addStsKey(server, { policies: [uploadPolicy('dir/')] })
  for (const headers of [{ 'x-oss-tagging': 'a=b' }, { 'x-oss-object-acl': 'public-read' }]) {
    const reply = await sendSigned(server, { method: 'PUT', key: KEY, body: 'x', headers, as })
    expect(verdict(reply)).toEqual([403, 'AccessDenied'])
  }
  const tagged = { headers: { 'x-oss-tagging': 'a=b&c=d%20e' } }
  expect((await sendSigned(server, { method: 'PUT', key: KEY, body: 'x', ...tagged })).status).toBe(
    200,
  )
  const head = await sendSigned(server, { method: 'HEAD', key: KEY })
  expect(head.headers['x-oss-tagging-count']).toBe('2')
})

test.each([
  [{ 'x-oss-storage-class': 'Cheap' }, 'InvalidArgument'],
  [{ 'x-oss-server-side-encryption': 'ROT13' }, 'InvalidEncryptionAlgorithmError'],
  [{ 'x-oss-tagging': 'a=1&a=2' }, 'InvalidTag'],
  [{ 'x-oss-tagging': 'a=<' }, 'InvalidTag'],
  [{ 'x-oss-meta-a_b': '1' }, 'InvalidArgument'],
  [{ 'x-oss-meta-a': 'x'.repeat(8193) }, 'InvalidArgument'],
  [{ 'x-oss-forbid-overwrite': 'maybe' }, 'InvalidArgument'],
])('refuses to initiate with %j', async (headers, code) => {
  const server = await startTestServer()
  const request = { method: 'POST', key: KEY, query: { uploads: '' }, headers: headers as never }
  expect(verdict(await sendSigned(server, request))).toEqual([400, code])
})
