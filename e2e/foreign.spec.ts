import type { Browser, Page } from '@playwright/test'
import type { PolicyStatement } from '../demo/oss-server/keys.js'
import type { OssServer } from '../demo/oss-server/server.js'
import { PART, test } from './ali-oss/fixtures.js'
import type { Checkpoint } from './ali-oss/sdk-page.js'
import { sha256OfFile, writeFileOf } from './support/files.js'
import { expect, sha256OfObject, uploadsOf } from './support/fixtures.js'
import { type Outcome, type Upload, uploadFrom } from './support/harness.js'
import { BUCKET, PREFIX } from './support/servers.js'
import { throttleUploads } from './support/throttle.js'

const SIZE = 20 * PART + 17
const PARTS = { partSize: PART, multipartThreshold: PART }

/** Uploads with ali-oss until three parts are done, and keeps what an application keeps: the checkpoint as JSON. */
async function leaveByAliOss(page: Page, path: string, key: string): Promise<Checkpoint> {
  await page.evaluate(() => {
    document.body.append(Object.assign(document.createElement('input'), { type: 'file' }))
  })
  await page.locator('input').setInputFiles(path)
  const kept = await page.evaluate(
    async ({ key, PART }) => {
      const client = await window.sdk()
      const file = document.querySelector('input')?.files?.[0] as File
      let kept = ''
      const upload = client.multipartUpload(key, file, {
        partSize: PART,
        parallel: 1,
        progress: (_fraction, checkpoint) => {
          kept = JSON.stringify(checkpoint)
          if (checkpoint?.doneParts.length === 3) client.cancel()
        },
      })
      await window.refusalOf(upload)
      return kept
    },
    { key, PART },
  )
  return JSON.parse(kept)
}

/** Uploads from another device until OSS has three parts, and switches it off. */
async function leaveByOtherDevice(
  browser: Browser,
  { url, oss, path, key }: { url: string; oss: OssServer; path: string; key: string },
): Promise<void> {
  const device = await browser.newContext()
  const page = await device.newPage()
  await page.goto(url)
  await page.locator('input').setInputFiles(path)
  await throttleUploads(page, 4 * PART)
  const metadata = { device: 'first' }
  const upload = { size: SIZE, options: PARTS, upload: { key, metadata } }
  const outcome = uploadFrom(page, upload, 'chosen').catch(() => {})
  await expect.poll(() => heldParts(oss, key).length, { timeout: 20_000 }).toBeGreaterThan(2)
  await device.close()
  await outcome
}

function answered(oss: OssServer, key: string, operation: string) {
  return oss.requests.filter((request) => request.key === key && request.operation === operation)
}

/** Parts that OSS acknowledged, by number. */
function heldParts(oss: OssServer, key: string): string[] {
  return answered(oss, key, 'UploadPart')
    .filter(({ status }) => status === 200)
    .map(({ query }) => query['partNumber'] ?? '')
}

/** No acknowledged part was sent again. OSS may hold more of them: a device that is switched off hears no answer. */
async function expectSentOnce(oss: OssServer, key: string, path: string): Promise<void> {
  const parts = heldParts(oss, key)
  expect(parts.toSorted()).toEqual([...new Set(parts)].toSorted())
  expect(answered(oss, key, 'InitiateMultipartUpload')).toHaveLength(1)
  expect(await sha256OfObject(oss, key)).toBe(await sha256OfFile(path))
  expect(await uploadsOf(oss, key)).toEqual([])
}

/** Uploads the chosen file with the credentials of a role that may do this and nothing else. */
function uploadAs(
  page: Page,
  oss: OssServer,
  role: { readonly name: string; readonly statements: readonly PolicyStatement[] },
  upload: Upload,
): Promise<Outcome> {
  const expiration = Date.now() + 3_600_000
  const grant = {
    accessKeyId: `STS.${role.name}`,
    accessKeySecret: `secret of ${role.name}`,
    securityToken: `CAIS/${role.name}==`,
  }
  const policies = [{ Version: '1' as const, Statement: [...role.statements] }]
  oss.keys.add({ ...grant, policies, expiresAt: expiration })
  return page.evaluate(
    async ({ grant, options, upload }) => {
      const { prefix: _prefix, ...target } = await (await fetch('/api/oss/config')).json()
      const credentials = async () => grant
      const uploader = window.library.createUploader({ ...target, credentials, ...options })
      try {
        const task = uploader.upload(window.chosenFile(), { key: '', ...upload })
        const { key, size, verified, etag } = await task.done
        return { result: { key, size, verified, etag } }
      } catch (error) {
        const { name, message } = error as Error
        return { error: { name, message } }
      }
    },
    { ...upload, grant: { ...grant, expiration } },
  )
}

const uploading: PolicyStatement = {
  Effect: 'Allow',
  Action: ['oss:PutObject', 'oss:ListParts', 'oss:AbortMultipartUpload'],
  Resource: [`acs:oss:*:*:${BUCKET}/${PREFIX}*`],
}

const listingUploads: PolicyStatement = {
  Effect: 'Allow',
  Action: ['oss:ListMultipartUploads'],
  Resource: [`acs:oss:*:*:${BUCKET}`],
  Condition: { StringLike: { 'oss:Prefix': [`${PREFIX}*`] } },
}

function warningsOf(page: Page): string[] {
  const warnings: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'warning') warnings.push(message.text())
  })
  return warnings
}

test('an upload that ali-oss left goes on with the parts OSS does not have', async ({
  page,
  oss,
  openSdk,
  harnessUrl,
  folder,
}) => {
  const path = await writeFileOf(folder, 'film.bin', SIZE)
  const key = `${PREFIX}from ali-oss/电影 a+b.bin`
  await openSdk(oss)
  const aliOssCheckpoint = await leaveByAliOss(page, path, key)
  expect(aliOssCheckpoint.doneParts).toHaveLength(3)

  await page.goto(harnessUrl)
  await page.locator('input').setInputFiles(path)
  const upload = { key, aliOssCheckpoint }
  const { error, result } = await uploadFrom(page, { size: SIZE, upload }, 'chosen')
  expect(error).toBeUndefined()
  expect(result).toMatchObject({ key, verified: true })
  await expectSentOnce(oss, key, path)
})

test('ali-oss’s own list of parts does where the role may not list them', async ({
  page,
  oss,
  openSdk,
  harnessUrl,
  folder,
}) => {
  const path = await writeFileOf(folder, 'film.bin', SIZE)
  const key = `${PREFIX}from ali-oss/unlisted.bin`
  await openSdk(oss)
  const aliOssCheckpoint = await leaveByAliOss(page, path, key)

  await page.goto(harnessUrl)
  await page.locator('input').setInputFiles(path)
  const role = { name: 'putter', statements: [{ ...uploading, Action: ['oss:PutObject'] }] }
  const upload = { size: SIZE, upload: { key, aliOssCheckpoint } }
  const { error, result } = await uploadAs(page, oss, role, upload)
  expect(error).toBeUndefined()
  expect(result).toMatchObject({ key, verified: true })
  expect(answered(oss, key, 'ListParts').map(({ status }) => status)).toEqual([403])
  await expectSentOnce(oss, key, path)
})

test('ali-oss’s checkpoint is refused for a shorter file, and nothing is sent', async ({
  page,
  oss,
  openSdk,
  harnessUrl,
  folder,
}) => {
  const path = await writeFileOf(folder, 'film.bin', SIZE)
  const key = `${PREFIX}from ali-oss/shorter.bin`
  await openSdk(oss)
  const aliOssCheckpoint = await leaveByAliOss(page, path, key)
  const before = oss.requests.length

  await page.goto(harnessUrl)
  await page.locator('input').setInputFiles(await writeFileOf(folder, 'shorter.bin', SIZE - 1))
  const upload = { key, aliOssCheckpoint }
  const { error } = await uploadFrom(page, { size: SIZE, upload }, 'chosen')
  expect(error).toMatchObject({ name: 'OssFileError', code: 'different-file' })
  expect(oss.requests.slice(before).filter((request) => request.key === key)).toEqual([])
  expect(await uploadsOf(oss, key)).toEqual([aliOssCheckpoint.uploadId])
})

test('an upload begun on another device goes on here, where the role may list uploads', async ({
  browser,
  page,
  oss,
  harnessUrl,
  folder,
}) => {
  const path = await writeFileOf(folder, 'film.bin', SIZE)
  const key = `${PREFIX}elsewhere/电影 a+b.bin`
  await leaveByOtherDevice(browser, { url: harnessUrl, oss, path, key })
  const warnings = warningsOf(page)
  await page.goto(harnessUrl)
  await page.locator('input').setInputFiles(path)
  const role = { name: 'lister', statements: [uploading, listingUploads] }
  const upload = { size: SIZE, options: { ...PARTS, discover: true }, upload: { key } }
  const { error, result } = await uploadAs(page, oss, role, upload)
  expect(error).toBeUndefined()
  expect(result).toMatchObject({ key, verified: true })
  const { headers } = (await oss.readObject(key)) ?? {}
  expect(headers).toMatchObject({ 'x-oss-meta-device': 'first' })
  await expectSentOnce(oss, key, path)
  expect(warnings).toEqual([])
})

test('and begins afresh where it may not, which is told with the cure', async ({
  browser,
  page,
  oss,
  harnessUrl,
  folder,
}) => {
  const path = await writeFileOf(folder, 'film.bin', SIZE)
  const key = `${PREFIX}elsewhere/unlisted.bin`
  await leaveByOtherDevice(browser, { url: harnessUrl, oss, path, key })
  const left = await uploadsOf(oss, key)
  const warnings = warningsOf(page)
  await page.goto(harnessUrl)
  await page.locator('input').setInputFiles(path)
  const upload = { size: SIZE, options: { ...PARTS, discover: true }, upload: { key } }
  const { error, result } = await uploadFrom(page, upload, 'chosen')
  expect(error).toBeUndefined()
  expect(result).toMatchObject({ key, verified: true })
  expect(answered(oss, key, 'InitiateMultipartUpload')).toHaveLength(2)
  expect(await sha256OfObject(oss, key)).toBe(await sha256OfFile(path))
  // Whose it is nobody knows here, so it is not aborted.
  expect(await uploadsOf(oss, key)).toEqual(left)
  expect(warnings).toEqual([expect.stringContaining('Allow oss:ListMultipartUploads')])
})
