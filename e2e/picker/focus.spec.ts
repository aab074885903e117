import type { Page } from '@playwright/test'
import { devtools } from '../support/devtools.js'
import { MIB, writeFileOf } from '../support/files.js'
import { throttleUploads } from '../support/throttle.js'
import { expect, test } from './fixtures.js'
import { pickerPage } from './picker-page.js'

/** A page that uploads a film over a slow line. */
async function beginFilm(page: Page, url: string, folder: string) {
  await page.goto(url)
  await throttleUploads(page, 2 * MIB)
  const ofPicker = pickerPage(page)
  await ofPicker.choose(await writeFileOf(folder, 'film.mp4', 8 * MIB))
  return ofPicker
}

/** A page that finds half a film unfinished, beside a note that is uploaded. */
async function findUnfinished(page: Page, url: string, folder: string): Promise<void> {
  const { choose, row } = await beginFilm(page, url, folder)
  const bar = row('film.mp4').getByRole('progressbar')
  const sent = () => bar.evaluate((element) => (element as HTMLProgressElement).value)
  await expect.poll(sent, { timeout: 20_000 }).toBeGreaterThan(0.3)
  await page.reload()
  await throttleUploads(page, -1)
  await expect(row('film.mp4')).toContainText('Unfinished')
  await choose(await writeFileOf(folder, 'note.txt', 100))
  await expect(row('note.txt')).toContainText('Uploaded')
}

/** What is to be deleted on OSS waits until the test says so. */
async function holdDeletes(page: Page): Promise<() => void> {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**', async (route) => {
    if (route.request().method() === 'DELETE') await released
    await route.continue()
  })
  return release
}

test('while an upload is discarded, the focus stays in the list, and goes on to the next file', async ({
  page,
  pagesUrl,
  folder,
}) => {
  await findUnfinished(page, `${pagesUrl}/plain.html?partSize=${MIB}`, folder)
  const { row, button, picker } = pickerPage(page)
  const release = await holdDeletes(page)
  await button('Discard film.mp4').click()
  await expect(picker.locator('.scroller')).toBeFocused()
  release()
  await expect(row('film.mp4')).toHaveCount(0)
  await expect(button('Remove note.txt')).toBeFocused()
})

test('a discard that ends late does not take the focus from where the user has gone', async ({
  page,
  pagesUrl,
  folder,
}) => {
  await findUnfinished(page, `${pagesUrl}/plain.html?partSize=${MIB}`, folder)
  const { row, rows, button } = pickerPage(page)
  await page.evaluate(() => document.body.append(document.createElement('textarea')))
  const release = await holdDeletes(page)
  await button('Discard film.mp4').click()
  const letter = page.locator('textarea')
  await letter.focus()
  await page.keyboard.type('dear ')
  release()
  await expect(row('film.mp4')).toHaveCount(0)
  await page.keyboard.type('sir or madam')
  await expect(letter).toHaveValue('dear sir or madam')
  await expect(rows).toHaveCount(1)
})

test('where the last button of the total goes, the focus goes to the button that chooses', async ({
  page,
  pagesUrl,
  folder,
}) => {
  await findUnfinished(page, `${pagesUrl}/plain.html?partSize=${MIB}`, folder)
  const { rows, button } = pickerPage(page)
  await button('Clear done').focus()
  await page.keyboard.press('Enter')
  await expect(rows).toHaveCount(1)
  await expect(button('Choose files')).toBeFocused()
})

test('the focus never goes by itself to what clears the list, also while another window is active', async ({
  page,
  pagesUrl,
  folder,
}) => {
  const { row, button } = await beginFilm(page, `${pagesUrl}/plain.html?partSize=${MIB}`, folder)
  await button('Pause all').focus()
  await page.keyboard.press('Enter')
  await expect(button('Resume all')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(button('Pause all')).toBeFocused()
  const session = await devtools(page)
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: false })
  const other = await page.context().newPage()
  await other.bringToFront()
  expect(await page.evaluate(() => document.hasFocus())).toBe(false)
  await throttleUploads(page, -1)
  await expect(row('film.mp4')).toContainText('Uploaded', { timeout: 20_000 })
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: true })
  await expect(button('Choose files')).toBeFocused()
})

test('where an upload fails in a disabled picker, the focus stays in the list', async ({
  page,
  pagesUrl,
  folder,
}) => {
  const { row, button, picker } = await beginFilm(
    page,
    `${pagesUrl}/plain.html?partSize=${MIB}`,
    folder,
  )
  await picker.evaluate((element) => element.toggleAttribute('disabled', true))
  await button('Pause film.mp4').focus()
  await page.route(/partNumber/, (route) => route.fulfill({ status: 400, body: '' }))
  await throttleUploads(page, -1)
  await expect(row('film.mp4')).toContainText('Failed', { timeout: 30_000 })
  await expect(picker.locator('.scroller')).toBeFocused()
})

test('while the list is empty, the focus stays where it is, whatever is drawn anew', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/plain.html?directories`)
  const { button } = pickerPage(page)
  await button('Choose a folder').focus()
  await page.evaluate(() => {
    document.documentElement.lang = 'zh'
  })
  await expect(button('选择文件夹')).toBeFocused()
})

test('what an app says of the empty list keeps the focus, and gives it on when it goes', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/plain.html`)
  const { button, row } = pickerPage(page)
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { slot: 'empty' })
    window.picker.append(input)
    input.focus()
    window.picker.messages = { chooseFiles: 'Pick' }
  })
  await expect(button('Pick')).toBeVisible()
  await expect(page.locator('input[slot=empty]')).toBeFocused()
  await page.evaluate(() => window.picker.add([new File(['x'], 'a.txt')]))
  await expect(row('a.txt')).toContainText('Uploaded')
  await expect(button('Pick')).toBeFocused()
})
