import { sha256OfFile, writeFileOf } from '../support/files.js'
import { sha256OfObject } from '../support/fixtures.js'
import { PREFIX } from '../support/servers.js'
import { expect, test } from './fixtures.js'
import { heard, pickerPage } from './picker-page.js'

test('files are chosen by the button, uploaded, and told of', async ({
  page,
  pagesUrl,
  folder,
  oss,
}) => {
  // Without handles the button opens the browser's dialog, which a test can answer.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showOpenFilePicker'))
  await page.goto(`${pagesUrl}/plain.html`)
  const { button, row, said } = pickerPage(page)
  const paths = [
    await writeFileOf(folder, 'photo.jpg', 300_000),
    await writeFileOf(folder, 'film.mp4', 12_000_000),
  ]
  const dialog = page.waitForEvent('filechooser')
  await button('Choose files').click()
  await (await dialog).setFiles(paths)
  for (const name of ['photo.jpg', 'film.mp4']) {
    await expect(row(name)).toContainText('Uploaded', { timeout: 20_000 })
  }
  await expect(said).toHaveText(/uploaded/)
  for (const path of paths) {
    const key = PREFIX + path.slice(folder.length + 1)
    expect(await sha256OfObject(oss, key)).toBe(await sha256OfFile(path))
  }
  const told = (await heard(page)).filter(({ type }) => type === 'success')
  expect(told.map(({ key }) => key).sort()).toEqual([`${PREFIX}film.mp4`, `${PREFIX}photo.jpg`])
})

test('what is not to be taken is refused with the reason, and nothing of it is sent', async ({
  page,
  pagesUrl,
  folder,
  oss,
}) => {
  const rules = 'accept=image/*,.pdf&max-size=500000&min-size=10&max-files=2'
  await page.goto(`${pagesUrl}/plain.html?${rules}`)
  const picker = pickerPage(page)
  const files = {
    'a.png': 1000,
    'b.pdf': 1000,
    'c.exe': 1000,
    'd.png': 600_000,
    'e.png': 5,
    'f.png': 20,
  }
  const sentBefore = oss.requests.length
  await picker.choose(
    ...(await Promise.all(
      Object.entries(files).map(([name, size]) => writeFileOf(folder, name, size)),
    )),
  )
  await expect(picker.row('a.png')).toContainText('Uploaded')
  await expect(picker.row('b.pdf')).toContainText('Uploaded')
  await expect(picker.row('c.exe')).toContainText('This type of file is not accepted.')
  await expect(picker.row('d.png')).toContainText('Too large: 500 kB at most.')
  await expect(picker.row('e.png')).toContainText('Too small: 10 bytes at least.')
  await expect(picker.row('f.png')).toContainText('Too many files: 2 at most.')
  const keys = oss.requests.slice(sentBefore).map(({ key }) => key?.slice(PREFIX.length))
  expect([...new Set(keys)].sort()).toEqual(['a.png', 'b.pdf'])
  const refused = (await heard(page)).filter(({ type }) => type === 'reject')
  expect(refused.map(({ name }) => name)).toEqual(['c.exe', 'd.png', 'e.png', 'f.png'])
})

test('a pasted screenshot gets a name of its own, and a text field keeps what is pasted into it', async ({
  page,
  context,
  pagesUrl,
  browserName,
}) => {
  test.skip(browserName === 'firefox', 'no picture can be put on the clipboard of headless Firefox')
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(`${pagesUrl}/plain.html?page-wide`)
  const { rows, button } = pickerPage(page)
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(40, 30)
    canvas.getContext('2d')?.fillRect(0, 0, 20, 30)
    const picture = await canvas.convertToBlob()
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })])
    document.body.append(document.createElement('textarea'))
  })
  await page.locator('textarea').press('Control+V')
  await button('Choose files').press('Control+V')
  await expect(rows).toHaveText(/screenshot-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d\.png.*Uploaded/s)
  await expect(rows.locator('canvas')).toBeVisible()
})

test('pictures of the rows in view come first, and of a tall image no more than is seen', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/plain.html?wait`)
  await page.evaluate(async () => {
    // Decoding takes its time until the rows in view are others.
    const { createImageBitmap } = window
    const decoded: string[] = []
    const scrolled = new Promise((resolve) => addEventListener('scrolled', resolve))
    window.createImageBitmap = async (image: ImageBitmapSource, options?: ImageBitmapOptions) => {
      decoded.push((image as File).name)
      await scrolled
      return createImageBitmap(image, options)
    }
    Object.assign(window, { decoded })
    const canvas = new OffscreenCanvas(20, 1600)
    canvas.getContext('2d')?.fillRect(0, 0, 20, 800)
    const image = await canvas.convertToBlob()
    const nameOf = (_: unknown, index: number) => `${index}.png`
    const names = Array.from({ length: 200 }, nameOf)
    await window.picker.add(names.map((name) => new File([image], name, { type: image.type })))
  })
  const { rows, row } = pickerPage(page)
  await expect(rows.first()).toContainText('0.png')
  await rows.first().evaluate((first) => first.parentElement?.parentElement?.scrollBy(0, 1e6))
  await expect(row('199.png')).toBeVisible()
  await page.evaluate(() => dispatchEvent(new Event('scrolled')))
  const canvases = rows.locator('canvas')
  await expect(canvases).toHaveCount(await rows.count())
  expect(
    await canvases.first().evaluate(({ width, height }: HTMLCanvasElement) => [width, height]),
  ).toEqual([96, 96])
  const decoded = await page.evaluate(() => (window as { decoded?: string[] }).decoded ?? [])
  // The one that was under way, and then none of those that were passed.
  expect(decoded.slice(1).filter((name) => Number.parseInt(name, 10) < 150)).toEqual([])
})

test('an app’s own picture of a stored file takes the place of ours', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/plain.html`)
  await page.evaluate(() => {
    window.picker.linkFor = ({ key }) => `/stored/${key}`
    window.picker.thumbnailFor = async () => {
      const canvas = new OffscreenCanvas(8, 8)
      canvas.getContext('2d')?.fillRect(0, 0, 8, 8)
      return URL.createObjectURL(await canvas.convertToBlob())
    }
    return window.picker.add([new File(['x'], 'film.mp4')])
  })
  const { rows } = pickerPage(page)
  await expect(rows.locator('img')).toBeVisible()
  await expect(rows.getByRole('link', { name: 'Open film.mp4' })).toHaveAttribute(
    'href',
    `/stored/${PREFIX}film.mp4`,
  )
})

test('a link to a stored file does not wait for its picture', async ({ page, pagesUrl }) => {
  await page.goto(`${pagesUrl}/plain.html`)
  await page.evaluate(() => {
    window.picker.linkFor = () => '/stored'
    window.picker.thumbnailFor = () => new Promise(() => {})
    return window.picker.add([new File(['x'], 'film.mp4')])
  })
  await expect(pickerPage(page).rows.getByRole('link')).toBeVisible()
})

test('an app renames, refuses and describes files before they are sent', async ({
  page,
  pagesUrl,
  folder,
  oss,
}) => {
  await page.goto(`${pagesUrl}/plain.html`)
  await page.evaluate((prefix) => {
    window.picker.beforeUpload = async ({ file }) => {
      if (file.name === 'secret.txt') return 'Secrets stay here.'
      return { key: `${prefix}renamed/${file.name}`, metadata: { from: 'picker' } }
    }
  }, PREFIX)
  const { choose, row } = pickerPage(page)
  await choose(
    await writeFileOf(folder, 'secret.txt', 10),
    await writeFileOf(folder, 'letter.txt', 10),
  )
  await expect(row('secret.txt')).toContainText('Secrets stay here.')
  await expect(row('letter.txt')).toContainText('Uploaded')
  const object = await oss.readObject(`${PREFIX}renamed/letter.txt`)
  expect(object?.headers['x-oss-meta-from']).toBe('picker')
})
