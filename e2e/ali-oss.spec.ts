import type { OssServer } from '../demo/oss-server/server.js'
import { addKey, PART, test } from './ali-oss/fixtures.js'
import { expect, sha256OfObject } from './support/fixtures.js'
import { PREFIX } from './support/servers.js'

function operationsOn(oss: OssServer, key: string): string[] {
  return oss.requests
    .filter((request) => request.key === key && request.operation !== 'Preflight')
    .map(({ operation }) => operation)
}

test('puts a Blob, reads what OSS says of it, and gets it back', async ({ page, oss, openSdk }) => {
  await openSdk(oss)
  const key = `${PREFIX}sdk/a b+c%中文/é~!*'().bin`
  const { put, head, sent, got } = await page.evaluate(async (key) => {
    const client = await window.sdk()
    const file = window.sample(300_001, 1)
    const put = await client.put(key, file, { meta: { author: 'alice' } })
    const head = await client.head(key)
    const { content } = await client.get(key)
    const [sent, got] = [await window.sha256(file), await window.sha256(content)]
    return { put: put.res.headers, head: head.res.headers, sent, got }
  }, key)

  const { headers = {} } = (await oss.readObject(key)) ?? {}
  const readable = {
    etag: headers['ETag'],
    'x-oss-hash-crc64ecma': headers['x-oss-hash-crc64ecma'],
    'x-oss-request-id': expect.stringMatching(/^[0-9A-F]{24}$/),
  }
  expect(put).toMatchObject(readable)
  expect(head).toMatchObject({ ...readable, 'content-length': '300001' })
  expect(headers).toMatchObject({ 'x-oss-meta-author': 'alice' })
  expect(await sha256OfObject(oss, key)).toBe(sent)
  expect(got).toBe(sent)
})

test('uploads in parallel parts', async ({ page, oss, openSdk }) => {
  await openSdk(oss)
  const key = `${PREFIX}sdk/movie.mp4`
  const { etag, sent, last } = await page.evaluate(
    async ({ key, PART }) => {
      const client = await window.sdk()
      const file = window.sample(9 * PART + 17, 2)
      let last = 0
      const { etag } = await client.multipartUpload(key, file, {
        partSize: PART,
        parallel: 3,
        progress: (fraction) => {
          last = fraction
        },
      })
      return { etag, last, sent: await window.sha256(file) }
    },
    { key, PART },
  )
  expect(etag).toMatch(/^"[0-9A-F]{32}-10"$/)
  expect(last).toBe(1)
  expect(await sha256OfObject(oss, key)).toBe(sent)
  const steps = ['InitiateMultipartUpload', ...Array(10).fill('UploadPart')]
  expect(operationsOn(oss, key)).toEqual([...steps, 'CompleteMultipartUpload'])
})

test('lists parts page by page, completes by hand, and cannot do so twice', async ({
  page,
  oss,
  openSdk,
}) => {
  await openSdk(oss)
  const key = `${PREFIX}sdk/by hand.bin`
  const { sent, parts, first, second, done, again } = await page.evaluate(
    async ({ key, PART }) => {
      const client = await window.sdk()
      const file = window.sample(2 * PART + 17, 3)
      const { uploadId } = await client.initMultipartUpload(key)
      const parts = []
      // Out of order, as parallel parts arrive.
      for (const number of [3, 1, 2]) {
        const [start, end] = [(number - 1) * PART, Math.min(number * PART, file.size)]
        const { etag } = await client.uploadPart(key, uploadId, number, file, start, end)
        parts.push({ number, etag })
      }
      const list = (after: string) =>
        client.listParts(key, uploadId, { 'max-parts': 2, 'part-number-marker': after })
      const first = await list('0')
      const second = await list(first.nextPartNumberMarker)
      const done = await client.completeMultipartUpload(key, uploadId, parts)
      const again = await window.refusalOf(client.completeMultipartUpload(key, uploadId, parts))
      return { sent: await window.sha256(file), parts, first, second, done, again }
    },
    { key, PART },
  )
  const etagOf = (part: number) => parts.find(({ number }) => number === part)?.etag
  expect(first).toMatchObject({ isTruncated: 'true', nextPartNumberMarker: '2' })
  expect(first.parts).toMatchObject([
    { PartNumber: '1', Size: String(PART), ETag: etagOf(1) },
    { PartNumber: '2', Size: String(PART), ETag: etagOf(2) },
  ])
  // The SDK gives a list of one as that one.
  expect(second).toMatchObject({
    isTruncated: 'false',
    parts: { PartNumber: '3', Size: '17', ETag: etagOf(3) },
  })
  expect(done.etag).toMatch(/^"[0-9A-F]{32}-3"$/)
  expect(again).toMatchObject({ code: 'NoSuchUpload', status: 404 })
  expect(await sha256OfObject(oss, key)).toBe(sent)
})

test('lists unfinished uploads page by page, where the key may', async ({ page, oss, openSdk }) => {
  await openSdk(oss)
  const prefix = `${PREFIX}sdk/unfinished/`
  const { begun, listed, refused } = await page.evaluate(
    async ({ administrator, prefix }) => {
      const client = await window.sdk(administrator)
      const begun = []
      for (const key of [`${prefix}a b.bin`, `${prefix}a b.bin`, `${prefix}ü.bin`]) {
        begun.push({ name: key, uploadId: (await client.initMultipartUpload(key)).uploadId })
      }
      const listed = []
      let page: Awaited<ReturnType<typeof client.listUploads>> | undefined
      do {
        page = await client.listUploads({
          prefix,
          'max-uploads': 1,
          ...(page ? { 'key-marker': page.nextKeyMarker } : {}),
          ...(page ? { 'upload-id-marker': page.nextUploadIdMarker } : {}),
        })
        listed.push(...page.uploads.map(({ name, uploadId }) => ({ name, uploadId })))
      } while (page.isTruncated && listed.length < 10)
      const visitor = await window.sdk()
      const refused = await window.refusalOf(visitor.listUploads({ prefix }))
      return { begun, listed, refused }
    },
    { administrator: addKey(oss), prefix },
  )
  const [one = '', two = ''] = begun.map(({ uploadId }) => uploadId)
  const inOrder = one < two ? begun : [begun[1], begun[0], begun[2]]
  expect(listed).toEqual(inOrder)
  expect(refused).toMatchObject({ code: 'AccessDenied', status: 403 })
})

test('aborts an upload and with it its parts', async ({ page, oss, openSdk }) => {
  await openSdk(oss)
  const key = `${PREFIX}sdk/aborted.bin`
  const { status, again, parts } = await page.evaluate(async (key) => {
    const client = await window.sdk()
    const { uploadId } = await client.initMultipartUpload(key)
    await client.uploadPart(key, uploadId, 1, window.sample(1000, 4), 0, 1000)
    const { res } = await client.abortMultipartUpload(key, uploadId)
    const again = await window.refusalOf(client.abortMultipartUpload(key, uploadId))
    const parts = await window.refusalOf(client.listParts(key, uploadId, {}))
    return { status: res.status, again, parts }
  }, key)
  expect(status).toBe(204)
  expect(again).toMatchObject({ code: 'NoSuchUpload', status: 404 })
  expect(parts).toMatchObject({ code: 'NoSuchUpload', status: 404 })
  expect((await oss.listUploads()).filter((upload) => upload.key === key)).toEqual([])
})

test('cancels, and resumes with the parts OSS does not have', async ({ page, oss, openSdk }) => {
  await openSdk(oss)
  const key = `${PREFIX}sdk/resumed.bin`
  const { cancelled, sent } = await page.evaluate(
    async ({ key, PART }) => {
      const client = await window.sdk()
      const file = window.sample(5 * PART, 5)
      let checkpoint: Parameters<typeof client.multipartUpload>[2]['checkpoint']
      const upload = client.multipartUpload(key, file, {
        partSize: PART,
        parallel: 1,
        progress: (_fraction, saved) => {
          checkpoint = saved
          if (saved?.doneParts.length === 2) client.cancel()
        },
      })
      const cancelled = await window.refusalOf(upload)
      await client.multipartUpload(key, file, { checkpoint })
      return { cancelled, sent: await window.sha256(file) }
    },
    { key, PART },
  )
  expect(cancelled).toMatchObject({ name: 'cancel' })
  expect(await sha256OfObject(oss, key)).toBe(sent)
  const uploaded = operationsOn(oss, key).filter((operation) => operation === 'UploadPart')
  expect(uploaded).toHaveLength(5)
})

test('signs links that fetch may put to and get from', async ({ page, oss, openSdk }) => {
  await openSdk(oss)
  const answers = await page.evaluate(async (key) => {
    const client = await window.sdk()
    const headers = { 'content-type': 'text/plain' }
    const putUrl = await client.signatureUrlV4('PUT', 60, { headers }, key)
    const body = new Blob(['by a link'])
    const put = await fetch(putUrl, { method: 'PUT', headers, body })
    const untyped = await fetch(putUrl, { method: 'PUT', body })
    const queries = { 'response-content-type': 'text/markdown' }
    const getUrl = await client.signatureUrlV4('GET', 60, { queries }, key)
    const got = await fetch(getUrl)
    const other = await fetch(getUrl.replace('markdown', 'html'))
    return {
      put: { status: put.status, etag: put.headers.get('etag') },
      untyped: { status: untyped.status, text: await untyped.text() },
      got: { text: await got.text(), type: got.headers.get('content-type') },
      other: { status: other.status, text: await other.text() },
    }
  }, `${PREFIX}sdk/a link + more.txt`)
  const mismatch = {
    status: 403,
    text: expect.stringContaining('<Code>SignatureDoesNotMatch</Code>'),
  }
  expect(answers).toEqual({
    put: { status: 200, etag: expect.stringMatching(/^"[0-9A-F]{32}"$/) },
    untyped: mismatch,
    got: { text: 'by a link', type: 'text/markdown' },
    other: mismatch,
  })
})
