import { Readable } from 'node:stream'
import type OSS from 'ali-oss'
import { expect, test } from 'vitest'
import type { OssServer } from './server.js'
import { crc64Of, randomBytes } from './testing/bytes.js'
import { send } from './testing/raw-client.js'
import { addStsKey, BUCKET, REGION, startTestServer } from './testing/test-server.js'
import { type Sdk, sdk } from './testing/vendor-sdk.js'

const PART = 102_400

async function startWithVisitor(): Promise<{ server: OssServer; client: Sdk }> {
  const server = await startTestServer()
  return { server, client: sdk(server, addStsKey(server)) }
}

/** Uploads three parts by hand, the last one short. */
async function uploadParts(
  client: Sdk,
  key: string,
): Promise<{ uploadId: string; parts: { number: number; etag: string }[]; bytes: Buffer }> {
  const bytes = randomBytes(2 * PART + 17, 3)
  const { uploadId } = await client.initMultipartUpload(key, { meta: { author: 'bob' } })
  const parts = []
  for (let number = 1; number <= 3; number += 1) {
    const part = bytes.subarray((number - 1) * PART, number * PART)
    const data = { stream: Readable.from([part]), size: part.length }
    const { etag } = await client._uploadPart(key, uploadId, number, data)
    parts.push({ number, etag })
  }
  return { uploadId, parts, bytes }
}

function code(value: string): object {
  return expect.objectContaining({ code: value })
}

test('puts an object and gets it back with its metadata', async () => {
  const { server, client } = await startWithVisitor()
  const bytes = randomBytes(300_001, 1)
  const key = "a b+c%中文/é~!*'().bin"

  const put = await client.put(key, bytes, {
    meta: { author: 'alice' } as never,
    headers: { 'Cache-Control': 'no-cache' },
  })
  expect(put.res.headers).toMatchObject({ 'x-oss-hash-crc64ecma': crc64Of(bytes) })

  const got = await client.get(key)
  expect(bytes.equals(got.content)).toBe(true)
  expect(got.res.headers).toMatchObject({ 'cache-control': 'no-cache' })
  const head = await client.head(key)
  expect(head.meta).toEqual({ author: 'alice' })
  expect(head.res.headers).toMatchObject({
    'content-length': '300001',
    'x-oss-object-type': 'Normal',
    'x-oss-hash-crc64ecma': crc64Of(bytes),
  })
  expect(server.requests.map((request) => request.operation)).toEqual([
    'PutObject',
    'GetObject',
    'HeadObject',
  ])
})

test('takes a multipart upload of the SDK, in parallel parts', async () => {
  const { server, client } = await startWithVisitor()
  const bytes = randomBytes(1_000_000, 2)

  const options = { partSize: PART, parallel: 3, meta: { author: 'bob' } as never }
  const { res } = await client.multipartUpload('dir/movie.mp4', bytes, options)

  expect(res.headers).toMatchObject({ 'x-oss-hash-crc64ecma': crc64Of(bytes) })
  const { content } = await client.get('dir/movie.mp4')
  expect(bytes.equals(content)).toBe(true)
  const head = await client.head('dir/movie.mp4')
  expect(head.res.headers).toMatchObject({
    'content-type': 'video/mp4',
    'x-oss-object-type': 'Multipart',
    'x-oss-meta-author': 'bob',
    etag: expect.stringMatching(/^"[0-9A-F]{32}-10"$/),
  })
  expect(await server.listUploads()).toEqual([])
})

test('resumes a multipart upload from the checkpoint of the SDK', async () => {
  const { server, client } = await startWithVisitor()
  const bytes = randomBytes(5 * PART, 4)
  let checkpoint: OSS.Checkpoint | undefined
  const interrupted = client.multipartUpload('resumed.bin', bytes, {
    partSize: PART,
    parallel: 1,
    progress: async (_percentage: number, saved: OSS.Checkpoint) => {
      checkpoint = saved
      if (saved?.doneParts.length === 2) client.cancel()
    },
  })
  await expect(interrupted).rejects.toMatchObject({ name: 'cancel' })

  const before = server.requests.length
  // The SDK sends the bytes of the file named by the checkpoint.
  await client.multipartUpload('resumed.bin', bytes, {
    checkpoint: { ...checkpoint, file: bytes } as never,
  })
  const resumed = server.requests.slice(before).map((request) => request.operation)
  expect(resumed).toEqual(['UploadPart', 'UploadPart', 'UploadPart', 'CompleteMultipartUpload'])
  const { content } = await client.get('resumed.bin')
  expect(bytes.equals(content)).toBe(true)
})

test('lists parts and uploads, completes, and forgets the upload', async () => {
  const { client } = await startWithVisitor()
  const { uploadId, parts, bytes } = await uploadParts(client, 'a/by hand.bin')

  const query = { 'max-parts': 2, 'part-number-marker': 1, 'encoding-type': 'url' }
  const listed = await client.listParts('a/by hand.bin', uploadId, query, {} as never)
  expect(listed).toMatchObject({ name: 'a%2Fby%20hand.bin', isTruncated: 'false' })
  expect(listed.parts).toMatchObject([
    { PartNumber: '2', Size: String(PART), ETag: parts[1]?.etag },
    { PartNumber: '3', Size: '17', HashCrc64ecma: crc64Of(bytes.subarray(2 * PART)) },
  ])
  const { uploads } = await client.listUploads({ 'max-uploads': 10, prefix: 'a/' } as never)
  expect(uploads).toMatchObject([{ name: 'a/by hand.bin', uploadId }])

  const done = await client.completeMultipartUpload('a/by hand.bin', uploadId, parts)
  expect(done.res.headers['x-oss-hash-crc64ecma']).toBe(crc64Of(bytes))
  await expect(
    client.completeMultipartUpload('a/by hand.bin', uploadId, parts),
  ).rejects.toMatchObject({ code: 'NoSuchUpload', status: 404 })
})

test('aborts an upload', async () => {
  const { server, client } = await startWithVisitor()
  const { uploadId } = await uploadParts(client, 'aborted.bin')
  await client.abortMultipartUpload('aborted.bin', uploadId)
  expect(await server.listUploads()).toEqual([])
  await expect(client.abortMultipartUpload('aborted.bin', uploadId)).rejects.toEqual(
    code('NoSuchUpload'),
  )
})

test('copies an object, and copies ranges of it into parts', async () => {
  const { client } = await startWithVisitor()
  const bytes = randomBytes(PART + 50, 5)
  await client.put('source dir/原.bin', bytes, { meta: { author: 'alice' } as never })

  await client.copy('copy.bin', 'source dir/原.bin')
  expect(bytes.equals((await client.get('copy.bin')).content)).toBe(true)
  expect((await client.head('copy.bin')).meta).toEqual({ author: 'alice' })

  const source = { sourceKey: 'source dir/原.bin', sourceBucketName: BUCKET }
  const { uploadId } = await client.initMultipartUpload('joined.bin')
  const first = await client.uploadPartCopy('joined.bin', uploadId, 1, `0-${PART - 1}`, source)
  const second = await client.uploadPartCopy(
    'joined.bin',
    uploadId,
    2,
    `${PART}-${PART + 49}`,
    source,
  )
  await client.completeMultipartUpload('joined.bin', uploadId, [
    { number: 1, etag: first.etag },
    { number: 2, etag: second.etag },
  ])
  expect(bytes.equals((await client.get('joined.bin')).content)).toBe(true)
})

test('deletes an object, and answers the same when it is gone', async () => {
  const { client } = await startWithVisitor()
  await client.put('k', Buffer.from('x'))
  for (let time = 0; time < 2; time += 1) {
    expect((await client.delete('k')).res.status).toBe(204)
  }
  await expect(client.head('k')).rejects.toEqual(code('NoSuchKey'))
})

test('serves presigned URLs of the SDK', async () => {
  const { server, client } = await startWithVisitor()
  const request = { headers: { 'content-type': 'text/plain' } }
  const putUrl = new URL(await client.signatureUrlV4('PUT', 60, request, 'a b/c.txt'))
  const put = await send(server, {
    method: 'PUT',
    path: putUrl.pathname + putUrl.search,
    ...request,
    body: 'presigned',
  })
  expect(put.status).toBe(200)
  const withoutType = { method: 'PUT', path: putUrl.pathname + putUrl.search, body: 'presigned' }
  expect((await send(server, withoutType)).text).toContain('<Code>SignatureDoesNotMatch</Code>')

  const overrides = {
    headers: { host: putUrl.host },
    queries: { 'response-content-disposition': 'attachment; filename=x.txt' },
  }
  const getUrl = new URL(await client.signatureUrlV4('GET', 60, overrides, 'a b/c.txt', ['host']))
  const got = await send(server, { path: getUrl.pathname + getUrl.search })
  expect(got).toMatchObject({ status: 200, text: 'presigned' })
  expect(got.headers).toMatchObject({
    'content-type': 'text/plain',
    'content-disposition': 'attachment; filename=x.txt',
  })
})

test('takes a form whose policy the SDK has signed', async () => {
  const { server, client } = await startWithVisitor()
  const { accessKeyId, securityToken } = addStsKey(server)
  const date = new Date()
  const datetime = date.toISOString().replace(/[-:]|\.\d+/g, '')
  const fields = {
    'x-oss-signature-version': 'OSS4-HMAC-SHA256',
    'x-oss-credential': `${accessKeyId}/${datetime.slice(0, 8)}/${REGION}/oss/aliyun_v4_request`,
    'x-oss-date': datetime,
    'x-oss-security-token': securityToken,
  }
  const policy = {
    expiration: new Date(date.getTime() + 60_000).toISOString(),
    conditions: [
      { bucket: BUCKET },
      ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
      ['starts-with', '$key', 'user/42/'],
      ['content-length-range', 1, 1000],
    ],
  }
  const form = new FormData()
  form.set('key', 'user/42/${filename}')
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('policy', Buffer.from(JSON.stringify(policy)).toString('base64'))
  form.set('x-oss-signature', client.signPostObjectPolicyV4(policy, date))
  form.set('file', new File(['hello'], 'greeting.txt', { type: 'text/plain' }))

  const encoded = new Response(form)
  const reply = await send(server, {
    method: 'POST',
    headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
    body: Buffer.from(await encoded.arrayBuffer()),
  })
  expect(reply.status).toBe(204)
  expect((await client.get('user/42/greeting.txt')).content.toString()).toBe('hello')
})

test('reaches the bucket by a custom domain', async () => {
  const server = await startTestServer({ cnames: ['files.example.com'] })
  const { port } = new URL(server.endpoint)
  const endpoint = `http://files.example.com:${port}`
  const client = sdk(server, addStsKey(server), { endpoint, cname: true })
  await client.put('a/k', Buffer.from('x'))
  await client.initMultipartUpload('a/u')
  expect((await client.listUploads({} as never)).uploads).toMatchObject([{ name: 'a/u' }])
  expect(server.requests[0]).toMatchObject({ bucket: BUCKET, key: 'a/k', status: 200 })
})
