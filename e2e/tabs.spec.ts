import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, Page } from '@playwright/test'
import type { OssServer } from '../demo/oss-server/server.js'
import { demoPage } from './support/demo-page.js'
import { MIB, sha256OfFile, writeFileOf } from './support/files.js'
import { expect, sha256OfObject, test, uploadsOf } from './support/fixtures.js'
import { PREFIX } from './support/servers.js'
import { throttleUploads } from './support/throttle.js'

const SIZE = 40 * MIB

/** A tab of the same browser, with a line of its own speed. */
async function openTab(
  context: BrowserContext,
  demoUrl: string,
  bytesPerSecond: number,
): Promise<Page> {
  const page = await context.newPage()
  await demoPage(page).open(`${demoUrl}?partSize=${2 * MIB}`)
  await throttleUploads(page, bytesPerSecond)
  return page
}

function operationsOf(oss: OssServer, key: string, operation: string): (string | undefined)[] {
  return oss.requests
    .filter((request) => request.key === key && request.operation === operation)
    .filter(({ status }) => status === 200)
    .map(({ query }) => query['partNumber'])
}

test('the same file dropped in two tabs is one upload, and the buttons of both work', async ({
  context,
  oss,
  demoUrl,
  folder,
}) => {
  const name = 'both.bin'
  const path = await writeFileOf(folder, name, SIZE)
  const one = await openTab(context, demoUrl, 8 * MIB)
  const two = await openTab(context, demoUrl, 8 * MIB)
  await demoPage(one).choose(path)
  await demoPage(two).choose(path)
  await expect(demoPage(two).row(name).getByText('In another tab')).toBeVisible()

  await two.getByRole('button', { name: `Pause ${name}` }).click()
  await expect(demoPage(one).row(name).getByText('Paused at')).toBeVisible()
  await expect(demoPage(two).row(name).getByText('Paused at')).toBeVisible()
  await two.getByRole('button', { name: `Resume ${name}` }).click()

  await demoPage(one).expectStored(name)
  await demoPage(two).expectStored(name)
  const key = PREFIX + name
  expect(operationsOf(oss, key, 'InitiateMultipartUpload')).toHaveLength(1)
  expect(operationsOf(oss, key, 'CompleteMultipartUpload')).toHaveLength(1)
  expect(operationsOf(oss, key, 'UploadPart')).toHaveLength(20)
  expect(await sha256OfObject(oss, key)).toBe(await sha256OfFile(path))
})

test('when the tab that uploads is closed, the other one goes on with what OSS has', async ({
  context,
  oss,
  demoUrl,
  folder,
}) => {
  const name = 'heir.bin'
  const key = PREFIX + name
  const path = await writeFileOf(folder, name, SIZE)
  const one = await openTab(context, demoUrl, 8 * MIB)
  const two = await openTab(context, demoUrl, 40 * MIB)
  await demoPage(one).choose(path)
  await demoPage(two).choose(path)
  await expect(demoPage(two).row(name).getByText('In another tab')).toBeVisible()
  await expect.poll(() => operationsOf(oss, key, 'UploadPart').length).toBeGreaterThan(4)
  await one.close()

  await demoPage(two).expectStored(name)
  // What arrived as the tab closed counts too, though nobody heard of it: six were under way.
  const answered = operationsOf(oss, key, 'UploadPart')
  expect(new Set(answered).size).toBe(answered.length)
  expect(answered.length).toBeGreaterThanOrEqual(14)
  expect(operationsOf(oss, key, 'InitiateMultipartUpload')).toHaveLength(1)
  expect(await sha256OfObject(oss, key)).toBe(await sha256OfFile(path))
})

test('a page that opens meanwhile shows the upload, and asks for the file when the first is gone', async ({
  context,
  oss,
  demoUrl,
  folder,
}) => {
  const name = 'late.bin'
  const key = PREFIX + name
  const path = await writeFileOf(folder, name, SIZE)
  const one = await openTab(context, demoUrl, 8 * MIB)
  await demoPage(one).choose(path)
  await expect.poll(() => operationsOf(oss, key, 'UploadPart').length).toBeGreaterThan(4)
  const two = await openTab(context, demoUrl, 40 * MIB)
  await expect(demoPage(two).row(name).getByText('In another tab')).toBeVisible()
  await one.close()

  await expect(demoPage(two).row(name).getByText('choose the file again')).toBeVisible()
  const shorter = await writeFileOf(folder, 'shorter.bin', SIZE - 1)
  await two.getByLabel(`File of ${name}`).setInputFiles(shorter)
  await expect(demoPage(two).row(name).getByText('is shorter')).toBeVisible()
  await two.getByLabel(`File of ${name}`).setInputFiles(path)
  await demoPage(two).expectStored(name)
  expect(operationsOf(oss, key, 'InitiateMultipartUpload')).toHaveLength(1)
  expect(await sha256OfObject(oss, key)).toBe(await sha256OfFile(path))
})

test('another file for the same key is refused in the second tab, and the first goes on', async ({
  context,
  oss,
  demoUrl,
  folder,
}) => {
  const name = 'rival.bin'
  const key = PREFIX + name
  const path = await writeFileOf(folder, name, SIZE)
  const one = await openTab(context, demoUrl, 16 * MIB)
  const two = await openTab(context, demoUrl, 16 * MIB)
  await demoPage(one).choose(path)
  await expect(
    demoPage(one)
      .row(name)
      .getByText(/ of 41\.9 MB/),
  ).toBeVisible()
  await mkdir(join(folder, 'other'))
  await demoPage(two).choose(await writeFileOf(join(folder, 'other'), name, SIZE + 1))
  await expect(demoPage(two).row(name).getByText('Another file is on its way to')).toBeVisible()
  await two.close()
  await one.getByRole('button', { name: `Cancel ${name}` }).click()
  await expect(demoPage(one).row(name).getByText('Cancelled')).toBeVisible()
  await expect.poll(() => uploadsOf(oss, key)).toEqual([])
})
