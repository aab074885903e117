import { mkdir, rm } from 'node:fs/promises'
import type { CorsRule } from '../demo/oss-server/server.js'
import { MIB, writeFileOf } from './support/files.js'
import { expect, test, uploadsOf } from './support/fixtures.js'
import { uploadFrom } from './support/harness.js'
import { startApp, startOss } from './support/servers.js'

const TWO_PARTS = { size: 250_000, options: { partSize: 102_400, multipartThreshold: 102_400 } }

const ANSWERS = [
  ['401', { status: 401, body: '{"code":"signed_out"}' }, 'sign in again'],
  ['500', { status: 500, body: '{"code":"broken"}' }, 'log'],
  ['HTML', { status: 200, contentType: 'text/html', body: '<h1>Login</h1>' }, 'login page'],
  ['rubbish', { status: 200, body: '[1, 2' }, 'not JSON'],
  ['the wrong JSON', { status: 200, body: '{"hello":"world"}' }, 'accessKeyId'],
  [
    'long-term keys',
    { status: 200, body: '{"accessKeyId":"LTAI","accessKeySecret":"s","expiration":"2099-01-01"}' },
    'long-term keys',
  ],
] as const

for (const [label, answer, cure] of ANSWERS) {
  test(`an app server that answers ${label} ends in an error that names the cure`, async ({
    harness,
    oss,
  }) => {
    await harness.route('**/api/oss/credentials', (route) => route.fulfill(answer))
    const before = oss.requests.length
    const { error } = await uploadFrom(harness, { size: 10 })
    expect(error).toMatchObject({ name: 'OssCredentialsError', code: 'credentials' })
    expect(error?.message).toContain(cure)
    expect(oss.requests.length).toBe(before)
  })
}

test('a credentials function that throws is named as the cause', async ({ harness }) => {
  const error = await harness.evaluate(async () => {
    const config = await (await fetch('/api/oss/config')).json()
    const uploader = window.library.createUploader({
      ...config,
      credentials: async () => {
        throw new Error('no session')
      },
    })
    const task = uploader.upload(new Blob(['x']), { key: 'a' })
    return task.done.catch((error: Error) => `${error.name}: ${(error.cause as Error).message}`)
  })
  expect(error).toBe('OssCredentialsError: no session')
})

test.describe('on a page whose policy lets it ask', () => {
  test.use({ bypassCSP: true })

  test('a bucket that does not exist is told from a dead line', async ({
    harness,
    browserName,
  }) => {
    test.skip(browserName === 'firefox', 'Playwright cannot have Firefox look past a page’s policy')
    const { error } = await uploadFrom(harness, { size: 10, options: { bucket: 'no-such-bucket' } })
    expect(error).toMatchObject({ name: 'OssNetworkError', code: 'cors' })
    expect(error?.message).toContain('bucket exists')
  })
})

const HIDING_ETAG: CorsRule = {
  allowedOrigins: ['http://localhost:*'],
  allowedMethods: ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'],
  allowedHeaders: ['*'],
  exposeHeaders: ['x-oss-request-id'],
}

test('CORS that hides ETag is worked around, and the console gives the missing line', async ({
  page,
  harnessDir,
}) => {
  const oss = await startOss({ corsRules: [HIDING_ETAG] })
  const app = await startApp(oss, harnessDir)
  try {
    await page.goto(app.url)
    const warned = page.waitForEvent('console', (message) =>
      message.text().includes('<ExposeHeader>ETag</ExposeHeader>'),
    )
    expect((await uploadFrom(page, TWO_PARTS)).result).toMatchObject({ size: TWO_PARTS.size })
    await warned
  } finally {
    await app.close()
    await oss.close()
  }
})

test('CORS that hides the CRC is worked around by what OSS lists', async ({ page, harnessDir }) => {
  const oss = await startOss({
    corsRules: [{ ...HIDING_ETAG, exposeHeaders: ['ETag'] }],
  })
  const app = await startApp(oss, harnessDir)
  try {
    await page.goto(app.url)
    expect((await uploadFrom(page, TWO_PARTS)).result).toMatchObject({ verified: true })
  } finally {
    await app.close()
    await oss.close()
  }
})

test('CORS that knows no such origin is told from a dead line', async ({ page, harnessDir }) => {
  const oss = await startOss({
    corsRules: [{ ...HIDING_ETAG, allowedOrigins: ['https://app.example.com'] }],
  })
  const app = await startApp(oss, harnessDir)
  try {
    await page.goto(app.url)
    const { error } = await uploadFrom(page, { size: 10 })
    expect(error).toMatchObject({ name: 'OssNetworkError', code: 'cors' })
    expect(error?.message).toContain(app.url)
  } finally {
    await app.close()
    await oss.close()
  }
})

test('a key outside the prefix is refused before any request to OSS', async ({ harness, oss }) => {
  const before = oss.requests.length
  const { error } = await uploadFrom(harness, { size: 10, upload: { key: 'u/someone-else/a' } })
  expect(error).toMatchObject({ name: 'OssCredentialsError', code: 'access-denied' })
  expect(error?.message).toContain('u/tester/')
  expect(error?.message).toContain('u/someone-else/a')
  expect(oss.requests.length).toBe(before)
})

test('what the session policy does not allow is refused by OSS, with its request id', async ({
  harness,
}) => {
  const { error } = await uploadFrom(harness, { size: 10, upload: { tags: { a: 'b' } } })
  expect(error).toMatchObject({ name: 'OssServiceError', code: 'access-denied', status: 403 })
  expect(error?.message).toMatch(/request [0-9A-F]{16,}/)
})

test('forbidOverwrite refuses to replace an object', async ({ harness }) => {
  const upload = { key: 'u/tester/once.bin', forbidOverwrite: true }
  expect((await uploadFrom(harness, { size: 10, upload })).result?.size).toBe(10)
  for (const again of [{ size: 10 }, TWO_PARTS]) {
    const { error } = await uploadFrom(harness, { ...again, upload })
    expect(error).toMatchObject({ code: 'already-exists', status: 409 })
  }
})

for (const verify of ['crc64', 'none'] as const) {
  for (const size of [1 * MIB, 30 * MIB]) {
    test(`a file of ${size / MIB} MiB that is gone from the disk is told from a dead line (verify: ${verify})`, async ({
      harness,
      oss,
      folder,
    }) => {
      const path = await writeFileOf(folder, 'gone.bin', size)
      await harness.getByLabel('Files').setInputFiles(path)
      await rm(path)
      const { error } = await uploadFrom(harness, { size, options: { verify } }, 'chosen')
      expect(error).toMatchObject({ name: 'OssFileError', code: 'file-unreadable' })
      expect(error?.message).toContain('Choose it again')
      await expect.poll(() => uploadsOf(oss, 'u/tester/file.bin')).toEqual([])
    })
  }
}

test('a folder in place of a file is told as such', async ({ harness, folder }) => {
  const path = await writeFileOf(folder, 'file.bin', 5000)
  await harness.getByLabel('Files').setInputFiles(path)
  await rm(path)
  await mkdir(path)
  const { error } = await uploadFrom(harness, { size: 0 }, 'chosen')
  expect(error).toMatchObject({ name: 'OssFileError', code: 'file-unreadable' })
})
