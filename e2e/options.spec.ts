import { createHash } from 'node:crypto'
import { expect, test } from './support/fixtures.js'
import { uploadFrom } from './support/harness.js'
import { BUCKET, startApp, startOss } from './support/servers.js'

const PARTS = { partSize: 102_400, multipartThreshold: 102_400 }

const OBJECT_OPTIONS = {
  contentType: 'video/mp4',
  cacheControl: 'max-age=60',
  contentDisposition: "attachment; filename*=UTF-8''%E7%89%87.mp4",
  storageClass: 'IA',
  encryption: { algorithm: 'AES256' },
  metadata: { Author: 'Li Wei' },
  headers: { 'Content-Language': 'zh' },
  trafficLimit: 838_860_800,
} as const

for (const [label, size] of [
  ['one PutObject', 1000],
  ['parts', 250_000],
] as const) {
  test(`what the object shall be like arrives with it (${label})`, async ({ harness, oss }) => {
    const key = `u/tester/options-${size}.bin`
    const { error, result } = await uploadFrom(harness, {
      size,
      options: PARTS,
      upload: { key, ...OBJECT_OPTIONS },
    })
    expect(error).toBeUndefined()
    expect(result?.verified).toBe(true)
    const { headers = {} } = (await oss.readObject(key)) ?? {}
    const stored = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    )
    expect(stored).toMatchObject({
      'content-type': 'video/mp4',
      'cache-control': 'max-age=60',
      'content-disposition': OBJECT_OPTIONS.contentDisposition,
      'x-oss-storage-class': 'IA',
      'x-oss-server-side-encryption': 'AES256',
      'x-oss-meta-author': 'Li Wei',
      'content-language': 'zh',
    })
  })

  test(`tags and ACL arrive where the policy allows them (${label})`, async ({
    page,
    harnessDir,
  }) => {
    const oss = await startOss()
    // A key that may do everything: the app server's grants allow neither tags nor ACLs.
    oss.keys.add({
      accessKeyId: 'STS.all',
      accessKeySecret: 'secret',
      securityToken: 'token',
      policies: [],
    })
    const app = await startApp(oss, harnessDir)
    try {
      await page.goto(app.url)
      await page.route('**/api/oss/credentials', (route) =>
        route.fulfill({
          json: {
            accessKeyId: 'STS.all',
            accessKeySecret: 'secret',
            securityToken: 'token',
            expiration: Date.now() + 3_600_000,
          },
        }),
      )
      const { error } = await uploadFrom(page, {
        size,
        options: PARTS,
        upload: { key: 'tagged', tags: { team: 'a b' }, acl: 'public-read' },
      })
      expect(error).toBeUndefined()
      const { headers = {} } = (await oss.readObject('tagged')) ?? {}
      expect(headers).toMatchObject({ 'x-oss-tagging-count': '1' })
      const anonymous = await page.request.get(`${oss.endpoint}/tagged`, {
        headers: { Host: `${BUCKET}.localhost` },
      })
      expect(anonymous.status()).toBe(200)
    } finally {
      await app.close()
      await oss.close()
    }
  })
}

test('Content-MD5 goes with each part when asked for, and OSS checks it', async ({
  harness,
  oss,
}) => {
  const before = oss.requests.length
  const digests: (string | undefined)[] = []
  harness.on('request', (request) => {
    if (request.method() === 'PUT') digests.push(request.headers()['content-md5'])
  })
  const { result } = await uploadFrom(harness, {
    size: 250_000,
    options: { ...PARTS, verify: 'crc64+md5' },
  })
  expect(result?.verified).toBe(true)
  // Zeros: two whole parts and the rest of the file.
  const expected = [102_400, 102_400, 45_200].map(md5OfZeros)
  expect(digests.sort()).toEqual(expected.sort())
  expect(
    oss.requests.slice(before).filter(({ operation }) => operation === 'UploadPart'),
  ).toHaveLength(3)
})

function md5OfZeros(size: number): string {
  return createHash('md5').update(Buffer.alloc(size)).digest('base64')
}

test.describe('addressing', () => {
  test('path style reaches a server that allows it', async ({ page, harnessDir }) => {
    const oss = await startOss({ allowPathStyle: true })
    const app = await startApp(oss, harnessDir, { addressing: 'path' })
    try {
      await page.goto(app.url)
      expect((await uploadFrom(page, { size: 250_000, options: PARTS })).result?.verified).toBe(
        true,
      )
    } finally {
      await app.close()
      await oss.close()
    }
  })

  test('a custom domain (CNAME) reaches its bucket', async ({ page, harnessDir }) => {
    const oss = await startOss({ cnames: ['files.localhost'] })
    const endpoint = oss.endpoint.replace('localhost', 'files.localhost')
    const app = await startApp(oss, harnessDir, { addressing: 'cname', ossEndpoint: endpoint })
    try {
      await page.goto(app.url)
      expect((await uploadFrom(page, { size: 250_000, options: PARTS })).result?.verified).toBe(
        true,
      )
    } finally {
      await app.close()
      await oss.close()
    }
  })
})
