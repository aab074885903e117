import { writeFile } from 'node:fs/promises'
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import { readLaunchOptions } from '../scripts/launch-options.js'
import { demoPage } from './support/demo-page.js'
import { MIB, sha256OfFile, writeFileOf } from './support/files.js'
import { expect, sha256OfObject, test, uploadsOf } from './support/fixtures.js'
import { PREFIX } from './support/servers.js'
import { throttleUploads } from './support/throttle.js'

const NAME = 'film.bin'
const SIZE = 40 * MIB

/** Uploads until some parts are on record, and no further. */
async function uploadHalf(page: Page, demoUrl: string, path: string): Promise<void> {
  const demo = demoPage(page)
  await demo.open(`${demoUrl}?partSize=${2 * MIB}`)
  await throttleUploads(page, 12 * MIB)
  await demo.choose(path)
  await expect.poll(() => recordedParts(page), { timeout: 20_000 }).toBeGreaterThan(0)
}

/** How many parts the page's own store has on record. */
function recordedParts(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // Opening a database that is not there would make an empty one.
    if (!(await indexedDB.databases()).some(({ name }) => name === 'oss-direct-upload')) return 0
    return new Promise<number>((resolve, reject) => {
      const opening = indexedDB.open('oss-direct-upload')
      opening.onerror = () => reject(opening.error)
      opening.onsuccess = () => {
        const database = opening.result
        const all = database.transaction('checkpoints').objectStore('checkpoints').getAll()
        all.onsuccess = () => {
          database.close()
          resolve(all.result.filter(Array.isArray).flat().length)
        }
      }
    })
  })
}

test('after a reload the same file goes on where it was, and no part OSS holds is sent again', async ({
  page,
  oss,
  demoUrl,
  folder,
}) => {
  const path = await writeFileOf(folder, NAME, SIZE)
  await uploadHalf(page, demoUrl, path)
  await page.reload()
  expect(await uploadsOf(oss, PREFIX + NAME)).toHaveLength(1)
  const held = oss.requests
    .filter(({ operation, status }) => operation === 'UploadPart' && status === 200)
    .map(({ query }) => query['partNumber'])
  const before = oss.requests.length

  const demo = demoPage(page)
  await expect(demo.row(NAME).getByText(/^Unfinished: .* of 41.9 MB$/)).toBeVisible()
  await page.getByLabel(`File of ${NAME}`).setInputFiles(path)
  await demo.expectStored(NAME)
  const after = oss.requests.slice(before)
  expect(after.some(({ operation }) => operation === 'InitiateMultipartUpload')).toBe(false)
  const sentAgain = after
    .filter(({ operation }) => operation === 'UploadPart')
    .map(({ query }) => query['partNumber'])
  expect(sentAgain.filter((partNumber) => held.includes(partNumber))).toEqual([])
  expect(await sha256OfObject(oss, PREFIX + NAME)).toBe(await sha256OfFile(path))
  await expect.poll(() => recordedParts(page)).toBe(0)
})

test('another file is refused with the reason, and nothing is sent', async ({
  page,
  oss,
  demoUrl,
  folder,
}) => {
  const path = await writeFileOf(folder, NAME, SIZE)
  await uploadHalf(page, demoUrl, path)
  await page.reload()
  const shorter = await writeFileOf(folder, 'shorter.bin', SIZE - 1)
  const edited = await writeFileOf(folder, 'edited.bin', SIZE)
  await writeFile(edited, Buffer.alloc(100, 1), { flag: 'r+' })
  const demo = demoPage(page)
  for (const [other, how] of [
    [shorter, 'is shorter'],
    [edited, 'has other bytes'],
  ] as const) {
    const before = oss.requests.length
    await page.getByLabel(`File of ${NAME}`).setInputFiles(other)
    await expect(demo.row(NAME).getByText(how)).toBeVisible()
    const sent = oss.requests.slice(before).filter(({ method }) => method === 'PUT')
    expect(sent).toEqual([])
    await page.reload()
  }
  await page.getByRole('button', { name: `Discard ${NAME}` }).click()
  await expect(demo.row(NAME)).toBeHidden()
  await expect.poll(() => uploadsOf(oss, PREFIX + NAME)).toEqual([])
})

test('the upload goes on after the browser was killed', async ({ oss, demoUrl, folder }) => {
  const path = await writeFileOf(folder, NAME, SIZE)
  const profile = `${folder}/profile`
  const launch = (): Promise<BrowserContext> =>
    chromium.launchPersistentContext(profile, readLaunchOptions())
  const first = await launch()
  await uploadHalf(await first.newPage(), demoUrl, path)
  const session = await first.browser()?.newBrowserCDPSession()
  const { processInfo = [] } = (await session?.send('SystemInfo.getProcessInfo')) ?? {}
  const browserPid = processInfo.find(({ type }) => type === 'browser')?.id
  expect(browserPid).toBeGreaterThan(0)
  process.kill(browserPid ?? 0, 'SIGKILL')
  await first.close().catch(() => {})

  const second = await launch()
  try {
    const page = await second.newPage()
    const before = oss.requests.length
    const demo = demoPage(page)
    await demo.open(demoUrl)
    await page.getByLabel(`File of ${NAME}`).setInputFiles(path)
    await demo.expectStored(NAME)
    const operations = oss.requests.slice(before).map(({ operation }) => operation)
    expect(operations).not.toContain('InitiateMultipartUpload')
    expect(operations.filter((operation) => operation === 'UploadPart').length).toBeLessThan(20)
    expect(await sha256OfObject(oss, PREFIX + NAME)).toBe(await sha256OfFile(path))
  } finally {
    await second.close()
  }
})
