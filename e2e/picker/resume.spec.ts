import type { Page } from '@playwright/test'
import { MIB, sha256OfFile, writeFileOf } from '../support/files.js'
import { sha256OfObject, uploadsOf } from '../support/fixtures.js'
import { PREFIX, startApp } from '../support/servers.js'
import { throttleUploads } from '../support/throttle.js'
import { isPartAfter } from '../support/watch.js'
import { expect, test } from './fixtures.js'
import { pickerPage } from './picker-page.js'

const SLOW = 2 * MIB

/** A page on a slow line, with the first parts of a file on OSS. */
async function begin(page: Page, url: string, path: string, share = 0.3): Promise<void> {
  await page.goto(url)
  await throttleUploads(page, SLOW)
  const { choose, row } = pickerPage(page)
  await choose(path)
  await expect
    .poll(() => row('film.mp4').getByRole('progressbar').evaluate(barValue), { timeout: 20_000 })
    .toBeGreaterThan(share)
}

function barValue(bar: SVGElement | HTMLElement): number {
  return (bar as HTMLProgressElement).value
}

test('after a reload, what is unfinished stands on top, and goes on with the file chosen again', async ({
  page,
  pagesUrl,
  folder,
  oss,
  browserName,
}) => {
  test.skip(browserName === 'firefox', 'Playwright never hears of the second dialog of one input')
  const url = `${pagesUrl}/plain.html?partSize=${MIB}`
  const path = await writeFileOf(folder, 'film.mp4', 12 * MIB)
  // By then the first six are there, whichever moves last.
  await begin(page, url, path, 0.75)
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showOpenFilePicker'))
  await page.reload()
  await throttleUploads(page, -1)
  const { choose, row, rows, button } = pickerPage(page)
  await expect(row('film.mp4')).toContainText('Unfinished from your last visit')
  await choose(await writeFileOf(folder, 'other.txt', 100))
  await expect(rows.first()).toContainText('film.mp4')

  const wrong = page.waitForEvent('filechooser')
  await button('Choose film.mp4 again').click()
  await (await wrong).setFiles(await writeFileOf(folder, 'wrong.mp4', 12 * MIB + 1))
  await expect(row('film.mp4')).toContainText('another file than the one that was begun')

  const before = oss.requests.length
  const dialog = page.waitForEvent('filechooser')
  await button('Choose film.mp4 again').click()
  await (await dialog).setFiles(path)
  await expect(row('film.mp4')).toContainText('Uploaded', { timeout: 20_000 })
  expect(await sha256OfObject(oss, `${PREFIX}film.mp4`)).toBe(await sha256OfFile(path))
  const operations = oss.requests.slice(before).map(({ operation }) => operation)
  expect(operations).not.toContain('InitiateMultipartUpload')
  expect(operations.filter((operation) => operation === 'UploadPart').length).toBeLessThan(12)
})

test('a dropped file needs no second choice after a reload', async ({
  page,
  pagesUrl,
  folder,
  oss,
  browserName,
}) => {
  test.skip(browserName !== 'chromium', 'only Chromium gives a page handles of dropped files')
  // Headless Chromium asks nobody, so it is said here what the user says.
  await page.addInitScript(() => {
    Object.assign(FileSystemHandle.prototype, { requestPermission: async () => 'granted' })
  })
  const path = await writeFileOf(folder, 'film.mp4', 12 * MIB)
  await page.goto(`${pagesUrl}/plain.html?partSize=${MIB}`)
  await throttleUploads(page, SLOW)
  const { picker, drop, row, button } = pickerPage(page)
  await drop(picker, path)
  await expect
    .poll(() => row('film.mp4').getByRole('progressbar').evaluate(barValue), { timeout: 20_000 })
    .toBeGreaterThan(0.3)
  await page.reload()
  await throttleUploads(page, -1)
  await button('Resume film.mp4').click()
  await expect(row('film.mp4')).toContainText('Uploaded', { timeout: 20_000 })
  expect(await sha256OfObject(oss, `${PREFIX}film.mp4`)).toBe(await sha256OfFile(path))
})

test('what is unfinished is discarded, on OSS too', async ({ page, pagesUrl, folder, oss }) => {
  // Other tests have left some of their own.
  const before = await uploadsOf(oss, `${PREFIX}film.mp4`)
  const path = await writeFileOf(folder, 'film.mp4', 12 * MIB)
  await begin(page, `${pagesUrl}/plain.html?partSize=${MIB}`, path)
  await page.reload()
  const { rows, button } = pickerPage(page)
  expect(await uploadsOf(oss, `${PREFIX}film.mp4`)).toHaveLength(before.length + 1)
  await button('Discard film.mp4').click()
  await expect(rows).toHaveCount(0)
  expect(await uploadsOf(oss, `${PREFIX}film.mp4`)).toEqual(before)
})

test('a second tab shows and steers what the first one uploads', async ({
  page,
  context,
  pagesUrl,
  folder,
}) => {
  const url = `${pagesUrl}/plain.html?partSize=${MIB}`
  await begin(page, url, await writeFileOf(folder, 'film.mp4', 16 * MIB))
  const second = await context.newPage()
  await second.goto(url)
  const other = pickerPage(second)
  await expect(other.row('film.mp4')).toContainText('Uploading in another tab')
  await other.button('Pause film.mp4').click()
  await expect(pickerPage(page).row('film.mp4')).toContainText('Paused')
  await throttleUploads(page, -1)
  await other.button('Resume film.mp4').click()
  await expect(other.row('film.mp4')).toContainText('Uploaded', { timeout: 20_000 })
  await expect(pickerPage(page).row('film.mp4')).toContainText('Uploaded')
})

test('what is unfinished is shown at work when the user comes back from a tab that has taken it up', async ({
  page,
  context,
  pagesUrl,
  folder,
}) => {
  const url = `${pagesUrl}/plain.html?partSize=${MIB}`
  const path = await writeFileOf(folder, 'film.mp4', 16 * MIB)
  await begin(page, url, path)
  await page.reload()
  const { row } = pickerPage(page)
  await expect(row('film.mp4')).toContainText('Unfinished from your last visit')
  const second = await context.newPage()
  await begin(second, url, path)
  // Headless, no page is ever hidden.
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await expect(row('film.mp4')).toContainText('Uploading in another tab')
  await throttleUploads(second, -1)
  await expect(row('film.mp4')).toContainText('Uploaded', { timeout: 20_000 })
})

test('a second tab may remove its row of what the first one uploads: that goes on, and is not sent from here', async ({
  page,
  context,
  pagesUrl,
  folder,
}) => {
  const url = `${pagesUrl}/plain.html?partSize=${MIB}`
  const path = await writeFileOf(folder, 'film.mp4', 16 * MIB)
  const second = await context.newPage()
  await second.goto(url)
  await begin(page, url, path)
  const other = pickerPage(second)
  // So it could go on with it, too.
  await other.choose(path)
  await expect(other.row('film.mp4')).toContainText('Uploading in another tab')
  await other.button('Remove film.mp4').click()
  await expect(other.rows).toHaveCount(0)
  await expect
    .poll(() => pickerPage(page).row('film.mp4').getByRole('progressbar').evaluate(barValue))
    .toBeGreaterThan(0.5)
  await page.close()

  const third = await context.newPage()
  await third.goto(url)
  const { row, button } = pickerPage(third)
  await expect(row('film.mp4')).toContainText('Paused')
  await button('Resume film.mp4').click()
  await expect(row('film.mp4')).toContainText('Uploaded', { timeout: 20_000 })
  await expect(other.rows).toHaveCount(0)
})

test('offline is said in plain words, and uploads go on by themselves', async ({
  page,
  context,
  pagesDir,
  folder,
  watched: { oss, watch },
}) => {
  const app = await startApp(oss, pagesDir)
  try {
    await page.goto(`${app.url}/plain.html?partSize=${MIB}`)
    const { choose, row, said } = pickerPage(page)
    const parts = watch.hold('beforeCommit', isPartAfter(2))
    await choose(await writeFileOf(folder, 'film.mp4', 8 * MIB))
    await parts.reached
    await context.setOffline(true)
    await expect(said).toHaveText('You are offline. Uploads wait.')
    parts.drop()
    await expect(row('film.mp4')).toContainText('You are offline; it goes on when you are back')
    await context.setOffline(false)
    await expect(said).toHaveText('You are back online. Uploads go on.')
    await expect(row('film.mp4')).toContainText('Uploaded', { timeout: 20_000 })
  } finally {
    await app.close()
  }
})
