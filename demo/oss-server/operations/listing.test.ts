import { expect, test } from 'vitest'
import type { OssServer } from '../server.js'
import { element, type RawReply, sendSigned } from '../testing/raw-client.js'
import { startTestServer } from '../testing/test-server.js'
import { childText, childTexts, readXml } from '../xml.js'

async function initiate(server: OssServer, key: string): Promise<string> {
  const reply = await sendSigned(server, { method: 'POST', key, query: { uploads: '' } })
  return element(reply, 'UploadId') ?? ''
}

interface Listing {
  uploads: string[]
  prefixes: string[]
  next: Record<string, string>
  isTruncated: boolean
}

async function list(server: OssServer, query: Record<string, string>): Promise<Listing> {
  return readListing(await sendSigned(server, { query: { uploads: '', ...query } }))
}

function readListing(reply: RawReply): Listing {
  const root = readXml(reply.text)
  if (!root) throw new Error(`no XML: ${reply.text}`)
  const children = (name: string, child: string) =>
    root.children.filter((node) => node.name === name).map((node) => childText(node, child) ?? '')
  return {
    uploads: children('Upload', 'Key'),
    prefixes: children('CommonPrefixes', 'Prefix'),
    next: {
      'key-marker': childText(root, 'NextKeyMarker') ?? '',
      'upload-id-marker': childText(root, 'NextUploadIdMarker') ?? '',
    },
    isTruncated: childText(root, 'IsTruncated') === 'true',
  }
}

/** Follows the markers to the end. */
async function listAll(server: OssServer, query: Record<string, string>): Promise<Listing[]> {
  const pages: Listing[] = []
  let markers: Record<string, string> = {}
  do {
    const page = await list(server, { ...query, ...markers })
    pages.push(page)
    markers = page.next
    if (pages.length > 50) throw new Error('the listing does not end')
  } while (pages.at(-1)?.isTruncated)
  return pages
}

test('lists uploads in the order of their UTF-8 bytes, page by page', async () => {
  const server = await startTestServer()
  // In UTF-16 order the emoji would come before the last of these.
  const keys = ['B', 'a', 'a/b', 'é', '中', '\uff5e', '😀']
  for (const key of keys.toReversed()) await initiate(server, key)
  for (const size of [1, 2, 3, 7, 1000]) {
    const pages = await listAll(server, { 'max-uploads': String(size) })
    expect(pages.flatMap((page) => page.uploads)).toEqual(keys)
    expect(pages).toHaveLength(Math.ceil(keys.length / size))
  }
})

test('goes on inside a key that has several uploads', async () => {
  const server = await startTestServer()
  const ids = [
    await initiate(server, 'k'),
    await initiate(server, 'k'),
    await initiate(server, 'k'),
  ]
  const [first = '', second] = ids.toSorted()
  const page = await list(server, {
    'max-uploads': '1',
    'key-marker': 'k',
    'upload-id-marker': first,
  })
  expect(page).toMatchObject({ uploads: ['k'], isTruncated: true })
  expect(page.next['upload-id-marker']).toBe(second)
  expect((await list(server, { 'key-marker': 'k' })).uploads).toEqual([])
  expect((await list(server, { 'upload-id-marker': first })).uploads).toHaveLength(3)
})

test('groups by a delimiter behind the prefix, each group once over all pages', async () => {
  const server = await startTestServer()
  for (const key of ['p/a', 'p/b/1', 'p/b/2', 'p/c', 'p/d/1', 'p/d/2', 'q']) {
    await initiate(server, key)
  }
  const whole = await list(server, { prefix: 'p/', delimiter: '/' })
  expect(whole.uploads).toEqual(['p/a', 'p/c'])
  expect(whole.prefixes).toEqual(['p/b/', 'p/d/'])
  const pages = await listAll(server, { prefix: 'p/', delimiter: '/', 'max-uploads': '1' })
  expect(pages.flatMap((page) => [...page.uploads, ...page.prefixes])).toEqual([
    'p/a',
    'p/b/',
    'p/c',
    'p/d/',
  ])
})

test('encodes names when asked to', async () => {
  const server = await startTestServer()
  await initiate(server, 'a b/+\u0001')
  const query = { uploads: '', 'encoding-type': 'url', prefix: 'a b/' }
  const reply = await sendSigned(server, { query })
  expect(element(reply, 'EncodingType')).toBe('url')
  expect(element(reply, 'Key')).toBe('a%20b%2F%2B%01')
  expect(element(reply, 'Prefix')).toBe('a%20b%2F')
  expect((await list(server, {})).uploads).toEqual(['a b/+\u0001'])
})

test('lists parts page by page', async () => {
  const server = await startTestServer()
  const uploadId = await initiate(server, 'k')
  const numbers = ['2', '3', '5', '10', '10000']
  for (const partNumber of numbers.toReversed()) {
    await sendSigned(server, {
      method: 'PUT',
      key: 'k',
      query: { partNumber, uploadId },
      body: 'x',
    })
  }
  const seen: string[] = []
  let marker = '0'
  for (let isTruncated = true; isTruncated; ) {
    const query = { uploadId, 'max-parts': '2', 'part-number-marker': marker }
    const reply = await sendSigned(server, { key: 'k', query })
    const root = readXml(reply.text)
    for (const part of root?.children.filter((child) => child.name === 'Part') ?? []) {
      seen.push(...childTexts(part, 'PartNumber'))
    }
    expect(element(reply, 'PartNumberMarker')).toBe(marker)
    marker = element(reply, 'NextPartNumberMarker') ?? ''
    isTruncated = element(reply, 'IsTruncated') === 'true'
  }
  expect(seen).toEqual(numbers)
})

test.each([{ 'max-uploads': '0' }, { 'max-uploads': '1001' }, { 'encoding-type': 'base64' }])(
  'refuses to list with %j',
  async (query) => {
    const server = await startTestServer()
    const reply = await sendSigned(server, { query: { uploads: '', ...(query as object) } })
    expect([reply.status, element(reply, 'Code')]).toEqual([400, 'InvalidArgument'])
  },
)

test('times are whole seconds, which is all that the vendor’s Python SDK reads', async () => {
  const server = await startTestServer({ now: () => Date.now() - (Date.now() % 1000) + 730 })
  const uploadId = await initiate(server, 'a')
  const query = { uploadId, partNumber: '1' }
  await sendSigned(server, { method: 'PUT', key: 'a', query, body: 'x' })
  const parts = await sendSigned(server, { key: 'a', query: { uploadId } })
  const uploads = await sendSigned(server, { query: { uploads: '' } })
  expect(element(parts, 'LastModified')).toMatch(/T\d\d:\d\d:\d\d\.000Z$/)
  expect(element(uploads, 'Initiated')).toMatch(/T\d\d:\d\d:\d\d\.000Z$/)
})
