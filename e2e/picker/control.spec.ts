import type { Page } from '@playwright/test'
import { MIB, sha256OfFile, writeFileOf } from '../support/files.js'
import { sha256OfObject, uploadsOf } from '../support/fixtures.js'
import { PREFIX } from '../support/servers.js'
import { throttleUploads } from '../support/throttle.js'
import { expect, test } from './fixtures.js'
import { heard, pickerPage } from './picker-page.js'

async function openSlowly(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await throttleUploads(page, 2 * MIB)
}

test('an upload is paused, resumed and done by its buttons', async ({
  page,
  pagesUrl,
  folder,
  oss,
}) => {
  await openSlowly(page, `${pagesUrl}/plain.html?partSize=${MIB}`)
  const { choose, row, button } = pickerPage(page)
  const path = await writeFileOf(folder, 'film.mp4', 10 * MIB)
  await choose(path)
  await expect(row('film.mp4')).toContainText(/Uploading.*MB\/s.*left/, { timeout: 15_000 })
  await button('Pause film.mp4').click()
  await expect(row('film.mp4')).toContainText('Paused')
  await expect(button('Resume film.mp4')).toBeFocused()
  await throttleUploads(page, -1)
  await button('Resume film.mp4').click()
  await expect(row('film.mp4')).toContainText('Uploaded', { timeout: 20_000 })
  expect(await sha256OfObject(oss, `${PREFIX}film.mp4`)).toBe(await sha256OfFile(path))
  const types = (await heard(page)).map(({ type }) => type)
  expect(types.filter((type) => type !== 'progress')).toEqual(['start', 'pause', 'success'])
  expect(types).toContain('progress')
})

test('removing a file cancels its upload, and the focus goes on to the next', async ({
  page,
  pagesUrl,
  folder,
  oss,
}) => {
  await openSlowly(page, `${pagesUrl}/plain.html?partSize=${MIB}`)
  const { choose, row, rows, button } = pickerPage(page)
  await choose(
    await writeFileOf(folder, 'one.bin', 12 * MIB),
    await writeFileOf(folder, 'two.bin', 12 * MIB),
  )
  await expect(row('one.bin')).toContainText('Uploading')
  await button('Remove one.bin').click()
  await expect(rows).toHaveCount(1)
  await expect(button('Remove two.bin')).toBeFocused()
  // Where the line is slow at its end, what sockets hold of the parts comes in first.
  const timeout = 15_000
  await expect.poll(() => uploadsOf(oss, `${PREFIX}one.bin`), { timeout }).toEqual([])
  await page.keyboard.press('Enter')
  await expect(rows).toHaveCount(0)
  await expect(button('Choose files')).toBeFocused()
  expect((await heard(page)).filter(({ type }) => type === 'cancel')).toHaveLength(2)
})

test('all uploads are paused and resumed at once, and those done are cleared', async ({
  page,
  pagesUrl,
  folder,
}) => {
  await openSlowly(page, `${pagesUrl}/plain.html?partSize=${MIB}`)
  const { choose, rows, button, picker } = pickerPage(page)
  const names = ['one.bin', 'two.bin', 'three.bin']
  await choose(...(await Promise.all(names.map((name) => writeFileOf(folder, name, 3 * MIB)))))
  await button('Pause all').click()
  await expect(rows.filter({ hasText: 'Paused' })).toHaveCount(3)
  await expect(picker.getByText(/^0 of 3 uploaded/)).toBeVisible()
  await throttleUploads(page, -1)
  await button('Resume all').click()
  await expect(rows.filter({ hasText: 'Uploaded' })).toHaveCount(3, { timeout: 20_000 })
  await expect(picker.getByText('3 of 3 uploaded, 100%')).toBeVisible()
  await button('Clear done').click()
  await expect(rows).toHaveCount(0)
})

test('a file of the same name does not take the place of the first', async ({
  page,
  pagesUrl,
  oss,
}) => {
  await page.goto(`${pagesUrl}/plain.html`)
  await page.evaluate(() =>
    window.picker.add([new File(['one'], 'note.txt'), new File(['three'], 'note.txt')]),
  )
  await expect(pickerPage(page).rows.filter({ hasText: 'Uploaded' })).toHaveCount(2)
  expect((await oss.readObject(`${PREFIX}note.txt`))?.size).toBe(3)
  expect((await oss.readObject(`${PREFIX}note (2).txt`))?.size).toBe(5)
})

test('everything is done by keyboard alone', async ({ page, pagesUrl, folder }) => {
  await openSlowly(page, `${pagesUrl}/plain.html?partSize=${MIB}`)
  const { choose, row, button } = pickerPage(page)
  await page.keyboard.press('Tab')
  await expect(button('Choose files')).toBeFocused()
  await choose(await writeFileOf(folder, 'film.mp4', 8 * MIB))
  await expect(row('film.mp4')).toContainText('Uploading')
  await page.keyboard.press('Tab')
  await expect(button('Pause all')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(button('Pause film.mp4')).toBeFocused()
  await page.keyboard.press('Space')
  await expect(button('Resume film.mp4')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(button('Remove film.mp4')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(button('Choose files')).toBeFocused()
})

test('a failed upload says why, and is tried again', async ({ page, pagesUrl, folder, oss }) => {
  await page.route('**/api/oss/credentials', (route) => route.fulfill({ status: 403 }))
  await page.goto(`${pagesUrl}/plain.html`)
  const { choose, row, button, said } = pickerPage(page)
  const path = await writeFileOf(folder, 'once.txt', 1000)
  await choose(path)
  await expect(row('once.txt')).toContainText('Failed: the server gave no permission to upload.')
  await expect(said).toHaveText('once.txt failed: the server gave no permission to upload')
  await page.unroute('**/api/oss/credentials')
  await button('Retry once.txt').click()
  await expect(row('once.txt')).toContainText('Uploaded')
  expect(await sha256OfObject(oss, `${PREFIX}once.txt`)).toBe(await sha256OfFile(path))
})
