import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileOf } from '../support/files.js'
import { PREFIX } from '../support/servers.js'
import { expect, test } from './fixtures.js'
import { heard, pickerPage } from './picker-page.js'
import { writeMany } from './write-many.js'

test('a dropped folder comes whole, with the paths in it as keys', async ({
  page,
  pagesUrl,
  folder,
  oss,
}) => {
  await mkdir(join(folder, 'trip/day 1'), { recursive: true })
  await writeFile(join(folder, 'trip/river.txt'), 'walk')
  await writeFile(join(folder, 'trip/day 1/river.txt'), 'swim')
  await page.goto(`${pagesUrl}/plain.html`)
  const { picker, drop, rows, button } = pickerPage(page)
  await drop(picker, join(folder, 'trip'))
  await expect(rows).toHaveCount(2)
  await expect(rows.filter({ hasText: 'Uploaded' })).toHaveCount(2)
  for (const [key, text] of [
    ['trip/river.txt', 'walk'],
    ['trip/day 1/river.txt', 'swim'],
  ] as const) {
    const object = await oss.readObject(PREFIX + key)
    expect(object?.size).toBe(text.length)
    await expect(button(`Remove ${key}`)).toBeVisible()
  }
})

test('files dropped beside the picker are taken where the page says so, and only there', async ({
  page,
  pagesUrl,
  folder,
}) => {
  const path = await writeFileOf(folder, 'beside.bin', 1000)
  await page.goto(`${pagesUrl}/two.html`)
  const { rows } = pickerPage(page)
  await page.evaluate(() => {
    const place = document.createElement('p')
    place.textContent = 'Beside'
    document.body.append(place)
    // Where nobody takes it, the browser would open the file.
    document.addEventListener('drop', (event) => event.preventDefault())
    document.addEventListener('dragover', (event) => event.preventDefault())
  })
  const beside = page.getByText('Beside')
  await pickerPage(page).drop(beside, path)
  await page.locator('#first').evaluate((picker) => picker.toggleAttribute('page-wide', true))
  await pickerPage(page).drop(beside, path)
  // The second of the two, and once only though there are two pickers.
  await expect(rows).toHaveText(/beside\.bin.*Uploaded/)
  await expect(page.locator('#second').getByRole('listitem')).toHaveCount(0)
  expect((await heard(page)).filter(({ type }) => type === 'start')).toHaveLength(1)
})

test('a page-wide picker leaves what is meant for another element, and is not kept from its own', async ({
  page,
  pagesUrl,
  folder,
}) => {
  const path = await writeFileOf(folder, 'beside.bin', 1000)
  await page.addInitScript(() => {
    // Lest the browser opens what is dropped beside: before the picker, too.
    document.addEventListener('drop', (event) => event.preventDefault())
    document.addEventListener('dragover', (event) => event.preventDefault())
  })
  await page.goto(`${pagesUrl}/plain.html?page-wide`)
  await page.evaluate(() => {
    const native = Object.assign(document.createElement('input'), { type: 'file' })
    native.ariaLabel = 'Native'
    const own = document.createElement('p')
    own.textContent = 'Its own'
    own.addEventListener('drop', (event) => event.preventDefault())
    const beside = document.createElement('p')
    beside.textContent = 'Beside'
    document.body.append(native, own, beside)
  })
  const { drop, rows } = pickerPage(page)
  await drop(page.getByLabel('Native'), path)
  await drop(page.getByText('Its own'), path)
  expect(await page.evaluate(() => window.picker.files)).toEqual([])
  await drop(page.getByText('Beside'), path)
  await expect(rows).toHaveText(/beside\.bin.*Uploaded/)
})

test('a file dropped on a disabled picker is not taken, nor opened in place of the page', async ({
  page,
  pagesUrl,
  folder,
}) => {
  const path = await writeFileOf(folder, 'late.txt', 10)
  await page.goto(`${pagesUrl}/plain.html?disabled`)
  const { picker, drop } = pickerPage(page)
  const dragged = picker.evaluate(
    (element: HTMLElement) =>
      new Promise((resolve) => {
        element.addEventListener('dragover', ({ defaultPrevented, dataTransfer }) =>
          resolve([defaultPrevented, dataTransfer?.dropEffect]),
        )
      }),
  )
  await drop(picker, path)
  expect(await dragged).toEqual([true, 'none'])
  // By a program, since the browser now drops nothing there.
  const isKept = await picker.evaluate((element) => {
    const data = new DataTransfer()
    data.items.add(new File(['x'], 'late.txt'))
    const init = { bubbles: true, cancelable: true, dataTransfer: data }
    return !element.dispatchEvent(new DragEvent('drop', init))
  })
  expect(isKept).toBe(true)
  expect(await page.evaluate(() => window.picker.files)).toEqual([])
})

test('a folder dropped among many files is read all the same', async ({
  page,
  pagesUrl,
  folder,
}) => {
  const paths = await writeMany(folder, 60)
  for (const name of ['trip.2026', 'Photos.photoslibrary']) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'river.txt'), 'walk')
  }
  await page.goto(`${pagesUrl}/plain.html?wait`)
  const { picker, drop, row, rows } = pickerPage(page)
  const bundle = join(folder, 'Photos.photoslibrary')
  await drop(picker, ...paths, bundle, join(folder, 'trip.2026'))
  await expect(rows.first()).toHaveAttribute('aria-setsize', '62')
  const last = await page.evaluate(() => window.picker.files.at(-1)?.name)
  expect(last).toBe('river.txt')
  // Named like a file, among so many, it is not known for what it is until it is read.
  await picker.locator('.scroller').evaluate((list) => list.scrollTo(0, list.scrollHeight))
  await expect(row('Photos.photoslibrary')).toContainText('If it is a folder, drop it by itself.')
})
