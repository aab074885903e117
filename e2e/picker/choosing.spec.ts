import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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

test('ten thousand files added at once never hold the page up for 50 ms', async ({
  page,
  pagesUrl,
  browserName,
}) => {
  // Where nothing is told, nothing would ever fail.
  test.skip(browserName !== 'chromium', 'only Chromium tells of long tasks')
  test.setTimeout(120_000)
  // A busy machine holds up any page: that it is not ours shows when it does not, once in some times.
  const worst: number[] = []
  do {
    await page.goto(`${pagesUrl}/plain.html`)
    worst.push(await page.evaluate(addMany, 10_000))
  } while (worst.length < 12 && Math.min(...worst) > 0)
  expect(Math.min(...worst), `long tasks in ms: ${worst}`).toBe(0)
  const { rows } = pickerPage(page)
  // Only those that are seen are there.
  expect(await rows.count()).toBeLessThan(30)
  await expect(rows.first()).toHaveAttribute('aria-setsize', '10000')
})

test('ten thousand dropped files hold the page up no longer than it takes to tell of them', async ({
  page,
  pagesUrl,
  folder,
}) => {
  test.setTimeout(120_000)
  const paths = await writeMany(folder, 10_000)
  const took: number[] = []
  do {
    await page.goto(`${pagesUrl}/plain.html?wait`)
    await page.evaluate(() => {
      const { picker } = window
      // What the browser does before it tells of the drop is none of the picker's.
      let from = 0
      picker.addEventListener('drop', () => (from = performance.now()), { capture: true })
      document.addEventListener('drop', () => {
        picker.dataset['took'] = `${performance.now() - from}`
      })
    })
    const { picker, drop, rows } = pickerPage(page)
    await drop(picker, ...paths)
    await expect(rows.first()).toContainText('Preparing')
    took.push(Number(await picker.getAttribute('data-took')))
  } while (took.length < 6 && Math.min(...took) > 50)
  expect(Math.min(...took), `ms: ${took}`).toBeLessThan(50)
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

async function writeMany(folder: string, count: number): Promise<string[]> {
  const paths = Array.from({ length: count }, (_, index) => join(folder, `${index}.txt`))
  for (const path of paths) await writeFile(path, 'x')
  return paths
}

/** The longest task over 50 ms while the picker takes so many files, and sends the first of them. */
async function addMany(count: number): Promise<number> {
  const files = Array.from({ length: count }, (_, index) => new File(['x'], `${index}.txt`))
  let longest = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
  })
  const turn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  // That made the files is none of the picker's.
  await turn()
  observer.observe({ type: 'longtask' })
  const added = await window.picker.add(files)
  await turn()
  return added === count ? longest : Number.POSITIVE_INFINITY
}
