import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { MIB, writeFileOf } from '../support/files.js'
import { throttleUploads } from '../support/throttle.js'
import { expect, test } from './fixtures.js'
import { pickerPage } from './picker-page.js'

const LOOKS = [
  { colorScheme: 'light', forcedColors: 'none' },
  { colorScheme: 'dark', forcedColors: 'none' },
  { colorScheme: 'light', forcedColors: 'active' },
] as const

/** What axe finds in the picker, in every look. */
async function findings(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const look of LOOKS) {
    await page.emulateMedia(look)
    const { violations } = await new AxeBuilder({ page })
      .include('oss-upload-picker')
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze()
    for (const { id, nodes } of violations) {
      const [first] = nodes
      found.push(
        `${look.colorScheme}, ${look.forcedColors}: ${id}: ${first?.html} ${first?.failureSummary}`,
      )
    }
  }
  await page.emulateMedia({ colorScheme: null, forcedColors: null })
  return found
}

/** One file in each state a file can be in. */
async function showEveryState(page: Page, url: string, folder: string): Promise<void> {
  const file = (name: string, size: number) => writeFileOf(folder, name, size)
  await page.goto(`${url}&max-size=${64 * MIB}`)
  const { choose, row, button } = pickerPage(page)
  await choose(await file('done.png', 1000))
  await expect(row('done.png')).toContainText('Uploaded')
  await throttleUploads(page, MIB)
  await choose(await file('paused.bin', 20 * MIB))
  await expect(row('paused.bin')).toContainText('Uploading')
  await button('Pause paused.bin').click()
  await page.route('**/api/oss/credentials', (route) => route.fulfill({ status: 403 }))
  await choose(await file('large.bin', 64 * MIB + 1))
  await choose(await file('moving with quite a long name for a file.bin', 20 * MIB))
  await choose(await file('waiting.bin', 20 * MIB))
  await expect(row('moving')).toContainText('Uploading')
}

test('axe finds nothing while the list is empty, while files are held over it, and in any state', async ({
  page,
  pagesUrl,
  folder,
}) => {
  await page.goto(`${pagesUrl}/plain.html`)
  await expect(pickerPage(page).button('Choose files')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.evaluate(() => {
    const data = new DataTransfer()
    data.items.add(new File(['x'], 'x'))
    window.picker.dispatchEvent(
      new DragEvent('dragover', { dataTransfer: data, bubbles: true, cancelable: true }),
    )
  })
  await expect(page.getByText('Drop to upload')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await showEveryState(page, `${pagesUrl}/plain.html?partSize=${MIB}`, folder)
  expect(await findings(page)).toEqual([])
})

test('words can be read on a dark page that does not say it is one', async ({ page, pagesUrl }) => {
  await page.goto(`${pagesUrl}/plain.html?accept=.txt`)
  await page.evaluate(() => {
    document.querySelector('meta[name=color-scheme]')?.remove()
    const sheet = new CSSStyleSheet()
    sheet.replaceSync('html { color-scheme: normal; background: #121212; color: #eee }')
    document.adoptedStyleSheets = [sheet]
    return window.picker.add([new File(['x'], 'a.txt'), new File(['x'], 'b.exe')])
  })
  await expect(pickerPage(page).row('a.txt')).toContainText('Uploaded')
  const builder = new AxeBuilder({ page }).include('oss-upload-picker').withRules('color-contrast')
  const { violations } = await builder.analyze()
  expect(violations.flatMap(({ nodes }) => nodes.map(({ html }) => html))).toEqual([])
})

test('axe finds nothing from right to left, and the layout is mirrored', async ({
  page,
  pagesUrl,
  folder,
}) => {
  await page.goto(`${pagesUrl}/rtl.html`)
  const { choose, row, button } = pickerPage(page)
  await choose(await writeFileOf(folder, 'صورة العائلة.jpg', 1000))
  await expect(row('صورة')).toContainText('Uploaded')
  expect(await findings(page)).toEqual([])
  const name = await row('صورة').locator('bdi').boundingBox()
  const remove = await button(/Remove/).boundingBox()
  expect(remove?.x).toBeLessThan(name?.x ?? 0)
})

test('nothing is lost at a width of 320 px, nor at twice the size', async ({
  page,
  pagesUrl,
  folder,
}) => {
  await showEveryState(page, `${pagesUrl}/plain.html?partSize=${MIB}`, folder)
  for (const [width, zoom] of [
    [320, 1],
    [640, 2],
  ] as const) {
    await page.setViewportSize({ width, height: 800 })
    await page.evaluate((zoom) => {
      document.documentElement.style.zoom = String(zoom)
    }, zoom)
    const overflow = await page.evaluate(() => {
      const root = window.picker.shadowRoot?.querySelector('.root')
      const wide = [...(root?.querySelectorAll<HTMLElement>('*') ?? [])].filter(
        (element) =>
          element.scrollWidth > element.clientWidth + 1 &&
          getComputedStyle(element).overflow === 'visible' &&
          getComputedStyle(element).display !== 'inline',
      )
      return [document.documentElement.scrollWidth - innerWidth > 1, wide.map((e) => e.className)]
    })
    expect(overflow).toEqual([false, []])
  }
})

test('every button is 24 px wide and high at least', async ({ page, pagesUrl, folder }) => {
  await showEveryState(page, `${pagesUrl}/plain.html?partSize=${MIB}`, folder)
  for (const button of await pickerPage(page).picker.getByRole('button').all()) {
    const box = await button.boundingBox()
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24)
  }
})

test('the link of a stored file is 24 px high at least', async ({ page, pagesUrl }) => {
  await page.goto(`${pagesUrl}/plain.html`)
  await page.evaluate(() => {
    window.picker.linkFor = () => '/there'
    return window.picker.add([new File(['x'], 'note.txt')])
  })
  const link = pickerPage(page).row('note.txt').getByRole('link')
  await expect.poll(async () => (await link.boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(24)
})

test('a name is read in one piece, however it is cut to be seen', async ({ page, pagesUrl }) => {
  await page.goto(`${pagesUrl}/plain.html`)
  await page.evaluate(() => window.picker.add([new File(['x'], 'zero-bytes.bin')]))
  const { row } = pickerPage(page)
  await expect(row('zero')).toContainText('Uploaded')
  expect(await row('zero').ariaSnapshot()).toContain('- text: BIN zero-bytes.bin\n')
  await page.evaluate(() => {
    window.picker.linkFor = () => '/there'
    return window.picker.add([new File(['x'], 'first-note.txt')])
  })
  await expect(row('first').getByRole('link', { name: 'Open first-note.txt' })).toBeVisible()
  // Its link says it.
  expect(await row('first').ariaSnapshot()).toContain('- text: TXT\n')
})

test('that the line is gone is spoken where something waits for it, and there alone', async ({
  page,
  pagesUrl,
  context,
}) => {
  await page.goto(`${pagesUrl}/two.html?wait`)
  const said = (id: string) => page.locator(`#${id}`).getByRole('status')
  await expect(pickerPage(page).button('Choose files')).toBeVisible()
  await page.evaluate(() => window.picker.add([new File(['x'], 'a.txt')]))
  await expect(said('first')).toHaveText('1 file added')
  await context.setOffline(true)
  await expect(said('first')).toHaveText('You are offline. Uploads wait.')
  await expect(said('second')).toBeEmpty()
  await context.setOffline(false)
  await expect(said('first')).toHaveText('You are back online. Uploads go on.')
  await expect(said('second')).toBeEmpty()
})

test('outcomes are spoken, and not every percent', async ({ page, pagesUrl, folder }) => {
  await page.goto(`${pagesUrl}/plain.html?partSize=${MIB}`)
  await throttleUploads(page, 4 * MIB)
  await page.evaluate(() => {
    const said: string[] = []
    const status = window.picker.shadowRoot?.querySelector('[role=status]')
    if (status)
      new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true })
    Object.assign(window, { said })
  })
  const { choose, row } = pickerPage(page)
  await choose(await writeFileOf(folder, 'film.mp4', 8 * MIB))
  await expect(row('film.mp4')).toContainText('Uploaded', { timeout: 20_000 })
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { said: string[] }).said))
    .toEqual(['1 file added', 'film.mp4 is uploaded'])
})

test('a page with a foreign reset does not break it, nor does it break the page’s policy', async ({
  page,
  pagesUrl,
  folder,
}) => {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', ({ message }) => complaints.push(message))
  await page.goto(`${pagesUrl}/reset.html`)
  const { picker, choose, row } = pickerPage(page)
  await choose(await writeFileOf(folder, 'done.png', 1000))
  await expect(row('done.png')).toContainText('Uploaded')
  const style = await picker.evaluate((element) => {
    const name = element.shadowRoot?.querySelector('.name')
    const { fontStyle, letterSpacing, textTransform, lineHeight, fontSize } = getComputedStyle(
      name ?? element,
    )
    return {
      fontStyle,
      letterSpacing,
      textTransform,
      lines: Number.parseFloat(lineHeight) / Number.parseFloat(fontSize),
    }
  })
  expect(style).toEqual({
    fontStyle: 'normal',
    letterSpacing: 'normal',
    textTransform: 'none',
    lines: expect.closeTo(1.45, 2),
  })
  expect(complaints).toEqual([])
})
