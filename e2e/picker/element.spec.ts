import { MIB, writeFileOf } from '../support/files.js'
import { PREFIX } from '../support/servers.js'
import { throttleUploads } from '../support/throttle.js'
import { expect, test } from './fixtures.js'
import { heard, pickerPage } from './picker-page.js'

test('uploads go on while the element is not in the page', async ({ page, pagesUrl, folder }) => {
  await page.goto(`${pagesUrl}/plain.html?partSize=${MIB}`)
  await throttleUploads(page, 4 * MIB)
  const { choose, row } = pickerPage(page)
  await choose(await writeFileOf(folder, 'film.mp4', 8 * MIB))
  await expect(row('film.mp4')).toContainText('Uploading')
  await page.evaluate(() => window.picker.remove())
  await throttleUploads(page, -1)
  await expect
    .poll(() => page.evaluate(() => window.picker.value), { timeout: 20_000 })
    .toEqual([`${PREFIX}film.mp4`])
  await page.evaluate(() => document.body.append(window.picker))
  await expect(row('film.mp4')).toContainText('Uploaded')
})

test('taken out while files are held over it, it does not wait for them when it is back', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/plain.html`)
  const { picker } = pickerPage(page)
  await picker.evaluate((element) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File(['x'], 'x'))
    element.dispatchEvent(new DragEvent('dragover', { dataTransfer, cancelable: true }))
  })
  await expect(picker.getByText('Drop to upload')).toBeVisible()
  await page.evaluate(() => {
    window.picker.remove()
    document.body.append(window.picker)
  })
  await expect(picker.getByText('or drop them here')).toBeVisible()
})

test('files chosen before there is an uploader wait for it', async ({ page, pagesUrl, folder }) => {
  await page.goto(`${pagesUrl}/plain.html?wait`)
  const { choose, row } = pickerPage(page)
  await choose(await writeFileOf(folder, 'early.txt', 10))
  await expect(row('early.txt')).toContainText('Preparing')
  await page.evaluate(() => window.connect(window.picker))
  await expect(row('early.txt')).toContainText('Uploaded')
})

test('what is set on an element before it is known is heeded when it is', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/plain.html`)
  const seen = await page.evaluate(() => {
    // As of an element whose definition comes later.
    const picker = window.picker.cloneNode() as typeof window.picker
    for (const [name, value] of Object.entries({
      maxFiles: 3,
      messages: { chooseFiles: 'Pick' },
    })) {
      Object.defineProperty(picker, name, { value, configurable: true, writable: true })
    }
    document.body.append(picker)
    return [picker.maxFiles, picker.getAttribute('max-files'), Object.hasOwn(picker, 'maxFiles')]
  })
  expect(seen).toEqual([3, '3', false])
  await expect(page.getByRole('button', { name: 'Pick' })).toBeVisible()
})

test('numbers may be set as text, and what is set wrong does not keep the rest from being heeded', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/plain.html`)
  const wrong = page.waitForEvent('pageerror')
  const seen = await page.evaluate(() => {
    const picker = window.picker.cloneNode() as typeof window.picker
    for (const [name, value] of Object.entries({ maxFiles: '3', maxSize: 'much', minSize: 5 })) {
      Object.defineProperty(picker, name, { value, configurable: true, writable: true })
    }
    document.body.append(picker)
    return [picker.maxFiles, picker.maxSize, picker.minSize]
  })
  expect(seen).toEqual([3, Number.POSITIVE_INFINITY, 5])
  expect((await wrong).message).toContain('maxSize must be a number of 0 or more, not much.')
  await expect(page.getByRole('button', { name: 'Choose files' })).toHaveCount(2)
})

test('nothing is told of the progress of a file after its outcome, where frames are held', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/plain.html`)
  await expect(pickerPage(page).button('Choose files')).toBeVisible()
  await page.evaluate(() => {
    // As in a tab that is hidden.
    const { requestAnimationFrame } = window
    const held: FrameRequestCallback[] = []
    window.requestAnimationFrame = (draw) => held.push(draw)
    document.addEventListener('oss-upload-success', () => held.forEach(requestAnimationFrame))
    return window.picker.add([new File(['x'.repeat(100_000)], 'a.txt')])
  })
  await expect(pickerPage(page).row('a.txt')).toContainText('Uploaded')
  expect((await heard(page)).map(({ type }) => type)).toEqual(['start', 'success'])
})

test('several on one page keep to themselves, each in its language', async ({
  page,
  pagesUrl,
  folder,
}) => {
  await page.goto(`${pagesUrl}/two.html`)
  const second = page.locator('#second')
  await expect(second.getByRole('button', { name: '选择文件' })).toBeVisible()
  await second
    .locator('input[type=file]')
    .first()
    .setInputFiles(await writeFileOf(folder, '照片.jpg', 1000))
  await expect(second.getByRole('listitem')).toContainText('已上传')
  await expect(page.locator('#first').getByRole('listitem')).toHaveCount(0)
  const told = (await heard(page)).filter(({ type }) => type === 'success')
  expect(told).toEqual([expect.objectContaining({ picker: 'second' })])
})

test('the language may change while the page is open, wherever it is said', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/plain.html`)
  const { button } = pickerPage(page)
  await expect(button('Choose files')).toBeVisible()
  await page.evaluate(() => {
    document.documentElement.lang = 'zh-CN'
  })
  await expect(button('选择文件')).toBeVisible()
  await page.evaluate(() => {
    // In the shadow root of an element that says another.
    const host = document.createElement('div')
    host.attachShadow({ mode: 'open' }).append(window.picker)
    document.body.append(host)
    host.lang = 'en'
  })
  await expect(button('Choose files')).toBeVisible()
  await page.evaluate(() => {
    window.picker.lang = 'zh'
  })
  await expect(button('选择文件')).toBeVisible()
})

test('what was refused, and what a link is for, is said in the language of the moment', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/plain.html?accept=.txt`)
  const { row, picker } = pickerPage(page)
  await page.evaluate(() => {
    window.picker.linkFor = () => '/a.txt'
    return window.picker.add([new File(['x'], 'a.txt'), new File(['x'], 'b.exe')])
  })
  await expect(row('b.exe')).toContainText('This type of file is not accepted.')
  await expect(picker.getByRole('link', { name: 'Open a.txt' })).toBeVisible()
  await page.evaluate(() => {
    window.picker.lang = 'zh'
  })
  await expect(row('b.exe')).toContainText('不接受此类型的文件。')
  await expect(picker.getByRole('link', { name: '打开 a.txt' })).toBeVisible()
})

test('attributes and properties are one', async ({ page, pagesUrl }) => {
  await page.goto(`${pagesUrl}/plain.html?max-size=abc`)
  const seen = await page.evaluate(() => {
    const { picker } = window
    const absent = [picker.maxSize, picker.minSize, picker.multiple, picker.required]
    picker.maxSize = 5
    picker.required = true
    picker.accept = 'image/*'
    const attributes = ['max-size', 'required', 'accept'].map((name) => picker.getAttribute(name))
    picker.required = false
    let error = ''
    try {
      picker.maxFiles = -1
    } catch (caught) {
      error = String(caught)
    }
    return { absent, attributes, isRequired: picker.hasAttribute('required'), error }
  })
  expect(seen).toEqual({
    absent: [Number.POSITIVE_INFINITY, 0, true, false],
    attributes: ['5', '', 'image/*'],
    isRequired: false,
    error: 'TypeError: maxFiles must be a number of 0 or more, not -1.',
  })
})

test('an app’s own button and words for the empty list take the place of ours', async ({
  page,
  pagesUrl,
  folder,
}) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showOpenFilePicker'))
  await page.goto(`${pagesUrl}/plain.html`)
  await page.evaluate(() => {
    const button = Object.assign(document.createElement('button'), { slot: 'button' })
    button.textContent = 'Add photos'
    const empty = Object.assign(document.createElement('p'), { slot: 'empty' })
    empty.textContent = 'Nothing yet'
    window.picker.append(button, empty)
    window.picker.focus()
  })
  const button = page.getByRole('button', { name: 'Add photos' })
  await expect(button).toBeFocused()
  await expect(page.getByRole('button', { name: 'Choose files' })).toBeHidden()
  await expect(page.getByText('Nothing yet')).toBeVisible()
  const dialog = page.waitForEvent('filechooser')
  await button.click()
  await (await dialog).setFiles(await writeFileOf(folder, 'photo.jpg', 1000))
  await expect(pickerPage(page).row('photo.jpg')).toContainText('Uploaded')
  await expect(page.getByText('Nothing yet')).toBeHidden()
})

test('moved to another document, and back, it keeps its looks', async ({ page, pagesUrl }) => {
  await page.goto(`${pagesUrl}/plain.html`)
  const looks = await page.evaluate(() => {
    const { picker } = window
    const look = () => {
      const zone = picker.shadowRoot?.querySelector('.zone')
      return zone && picker.ownerDocument.defaultView?.getComputedStyle(zone).borderTopStyle
    }
    const frame = document.createElement('iframe')
    document.body.append(frame)
    frame.contentDocument?.body.append(picker)
    const looks = [look()]
    // In a document that is not shown there is nothing to see.
    document.implementation.createHTMLDocument().body.append(picker)
    document.body.append(picker)
    return [...looks, look()]
  })
  expect(looks).toEqual(['dashed', 'dashed'])
  await page.evaluate(() => window.picker.add([new File(['x'], 'a.txt')]))
  await expect(pickerPage(page).row('a.txt')).toContainText('Uploaded')
})

test('a page styles it by custom properties and parts', async ({ page, pagesUrl }) => {
  await page.goto(`${pagesUrl}/plain.html`)
  const seen = await page.evaluate(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(`
      oss-upload-picker { --oss-accent: rgb(1, 2, 3) }
      oss-upload-picker::part(drop-zone) { padding: 77px }
    `)
    document.adoptedStyleSheets = [sheet]
    const styleOf = (part: string) => {
      const found = window.picker.shadowRoot?.querySelector(`[part=${part}]`)
      return getComputedStyle(found ?? document.body)
    }
    return [styleOf('choose-button').backgroundColor, styleOf('drop-zone').paddingTop]
  })
  expect(seen).toEqual(['rgb(1, 2, 3)', '77px'])
})

test('where there may be one file only, it asks for one to be dropped', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/form.html`)
  const hints = page.locator('[part=hint]')
  await expect(hints).toHaveText(['or drop them here', 'or drop it here'])
})

test('pictures of files need nothing of the page’s policy', async ({ page, pagesUrl }) => {
  await page.route('**/plain.html?wait', async (route) => {
    const response = await route.fetch()
    const headers = response.headers()
    const policy = headers['content-security-policy']?.replace(/img-src [^;]+/, "img-src 'none'")
    await route.fulfill({
      response,
      headers: { ...headers, 'content-security-policy': `${policy}` },
    })
  })
  await page.goto(`${pagesUrl}/plain.html?wait`)
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(30, 20)
    canvas.getContext('2d')
    const file = new File([await canvas.convertToBlob()], 'a.png', { type: 'image/png' })
    return window.picker.add([file])
  })
  await expect(pickerPage(page).row('a.png').locator('canvas')).toBeVisible()
})
