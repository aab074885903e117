import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { OssServer } from '../server.js'
import { element, sendSigned } from '../testing/raw-client.js'
import { BUCKET, startTestServer, temporaryFolder } from '../testing/test-server.js'
import type { ObjectRecord } from './records.js'
import { openStore } from './store.js'

async function startUpload(server: OssServer, key: string): Promise<string> {
  const headers = { 'content-type': 'video/mp4' }
  const reply = await sendSigned(server, { method: 'POST', key, query: { uploads: '' }, headers })
  return element(reply, 'UploadId') ?? ''
}

function putPart(
  server: OssServer,
  key: string,
  uploadId: string,
  partNumber: string,
  body: string,
) {
  return sendSigned(server, { method: 'PUT', key, query: { partNumber, uploadId }, body })
}

async function textOf(server: OssServer, key: string): Promise<string> {
  return (await sendSigned(server, { key })).text
}

test('finds objects, their metadata and unfinished uploads again after a restart', async () => {
  const dataDir = await temporaryFolder()
  const first = await startTestServer({ dataDir })
  const headers = { 'content-type': 'text/plain', 'x-oss-meta-a': '1' }
  await sendSigned(first, { method: 'PUT', key: 'dir/😀', body: 'object', headers })
  const uploadId = await startUpload(first, 'u')
  await putPart(first, 'u', uploadId, '1', 'replaced')
  await putPart(first, 'u', uploadId, '1', 'part')
  const before = await sendSigned(first, { method: 'HEAD', key: 'dir/😀' })
  await first.close()

  const second = await startTestServer({ dataDir })
  const after = await sendSigned(second, { method: 'HEAD', key: 'dir/😀' })
  for (const name of ['etag', 'last-modified', 'content-type', 'x-oss-meta-a']) {
    expect(after.headers[name]).toBe(before.headers[name])
  }
  expect(await textOf(second, 'dir/😀')).toBe('object')
  expect(await second.listUploads()).toEqual([{ key: 'u', uploadId }])
  const all = { 'x-oss-complete-all': 'yes' }
  await sendSigned(second, { method: 'POST', key: 'u', query: { uploadId }, headers: all })
  expect(await textOf(second, 'u')).toBe('part')
  expect((await second.readObject('u'))?.headers['content-type']).toBe('video/mp4')
})

test('frees the bytes of what is replaced, deleted, aborted or not listed', async () => {
  const dataDir = await temporaryFolder()
  const server = await startTestServer({ dataDir })
  const blobs = () => readdir(join(dataDir, BUCKET, 'blobs'))
  for (const body of ['one', 'two']) await sendSigned(server, { method: 'PUT', key: 'k', body })
  expect(await blobs()).toHaveLength(1)
  const uploadId = await startUpload(server, 'k')
  const { headers } = await putPart(server, 'k', uploadId, '1', 'a')
  await putPart(server, 'k', uploadId, '2', 'b')
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${headers['etag']}</ETag></Part></CompleteMultipartUpload>`
  await sendSigned(server, { method: 'POST', key: 'k', query: { uploadId }, body })
  expect(await blobs()).toHaveLength(1)
  const aborted = await startUpload(server, 'k')
  await putPart(server, 'k', aborted, '1', 'c')
  await putPart(server, 'k', aborted, '1', 'd')
  expect(await blobs()).toHaveLength(2)
  await sendSigned(server, { method: 'DELETE', key: 'k', query: { uploadId: aborted } })
  expect(await textOf(server, 'k')).toBe('a')
  await sendSigned(server, { method: 'DELETE', key: 'k' })
  expect(await blobs()).toEqual([])
})

test('sweeps what a crash has left: bytes of nobody, drafts, an upload half begun', async () => {
  const dataDir = await temporaryFolder()
  await openStore(dataDir)
  await writeFile(join(dataDir, 'blobs', 'orphan'), 'x')
  await writeFile(join(dataDir, 'objects', 'a.json.1.tmp'), '{')
  await mkdir(join(dataDir, 'uploads', 'HALF'))
  await openStore(dataDir)
  for (const folder of ['blobs', 'objects', 'uploads']) {
    expect(await readdir(join(dataDir, folder))).toEqual([])
  }
})

test('ends an upload whose object was already there when the crash came', async () => {
  const dataDir = await temporaryFolder()
  const store = await openStore(dataDir)
  const attributes = { headers: {}, storageClass: 'Standard', encryption: {}, tags: 0 }
  await store.uploads.add({ key: 'k', uploadId: 'U', initiated: 0, attributes })
  const upload = store.uploads.find('k', 'U')
  if (!upload) throw new Error('no upload')
  for (const partNumber of [1, 2]) {
    const blob = await store.blobs.write(bytes(`part ${partNumber}`))
    const part = { partNumber, size: 6, etag: '', crc64: '0', lastModified: 0, blob }
    await store.uploads.savePart(upload, part)
  }
  const joined = store.uploads.find('k', 'U')?.parts.get(1)
  const object: ObjectRecord = {
    key: 'k',
    type: 'Multipart',
    size: 6,
    etag: '',
    crc64: '0',
    lastModified: 0,
    attributes,
    acl: 'default',
    blobs: joined ? [joined.blob] : [],
    uploadId: 'U',
  }
  await store.objects.save(object)

  const again = await openStore(dataDir)
  expect([...again.uploads.all()]).toEqual([])
  const chunks: Buffer[] = []
  for await (const chunk of again.blobs.read(again.objects.find('k')?.blobs ?? []))
    chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe('part 1')
  expect(await readdir(join(dataDir, 'blobs'))).toHaveLength(1)
})

test('lets the last of two parts to finish win, whichever began first', async () => {
  const server = await startTestServer()
  const uploadId = await startUpload(server, 'k')
  const writes = Array.from({ length: 8 }, (_, index) =>
    putPart(server, 'k', uploadId, '1', `body ${index}`).then((reply) => reply.headers['etag']),
  )
  const etags = await Promise.all(writes)
  const listed = await sendSigned(server, { key: 'k', query: { uploadId } })
  const kept = element(listed, 'ETag') ?? ''
  expect(etags).toContain(kept)
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${kept}</ETag></Part></CompleteMultipartUpload>`
  const query = { uploadId }
  expect((await sendSigned(server, { method: 'POST', key: 'k', query, body })).status).toBe(200)
  expect(await textOf(server, 'k')).toMatch(/^body \d$/)
})

async function* bytes(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}
