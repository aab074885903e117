import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { readLaunchOptions } from '../scripts/launch-options.js'
import { demoPage } from './support/demo-page.js'
import { devtools } from './support/devtools.js'
import { MIB, sha256OfFile, writeFileOf } from './support/files.js'
import { expect, sha256OfObject, test } from './support/fixtures.js'
import { PREFIX } from './support/servers.js'
import { throttleUploads } from './support/throttle.js'

const SIZE = 24 * MIB

/**
 * The browser's picker opens a window that no test can reach, so it is answered here, with a handle of the page's own file
 * system. After a reload it asks for permission, as handles of the user's files do.
 */
async function answerPicker(page: Page, name: string): Promise<void> {
  await page.addInitScript((fileName) => {
    Object.assign(window, {
      showOpenFilePicker: async () => {
        sessionStorage.setItem('permission', 'prompt')
        const directory = await navigator.storage.getDirectory()
        return [await directory.getFileHandle(fileName)]
      },
    })
    Object.assign(FileSystemHandle.prototype, {
      requestPermission: async () => {
        if (!navigator.userActivation.isActive) throw new DOMException('No click.', 'SecurityError')
        return sessionStorage.getItem('answer') ?? 'granted'
      },
    })
  }, name)
}

/** Puts a copy of the test's file where the picker finds it. */
async function keepInPage(page: Page, path: string, name: string): Promise<void> {
  // The demo must not take this file for a choice of the user's.
  await page.evaluate(() => {
    document.addEventListener('change', (event) => event.stopImmediatePropagation(), {
      capture: true,
      once: true,
    })
  })
  await page.getByLabel('Choose files').setInputFiles(path)
  await page.getByLabel('Choose files').evaluate(async (input: HTMLInputElement, fileName) => {
    const directory = await navigator.storage.getDirectory()
    const handle = await directory.getFileHandle(fileName, { create: true })
    const writable = await handle.createWritable()
    await writable.write(input.files?.[0] as File)
    await writable.close()
  }, name)
}

async function chooseByPicker(page: Page, demoUrl: string, path: string, name: string) {
  await answerPicker(page, name)
  const demo = demoPage(page)
  await demo.open(`${demoUrl}?partSize=${2 * MIB}`)
  await keepInPage(page, path, name)
  await throttleUploads(page, 8 * MIB)
  await page.getByText('Choose files').click()
  await uploadSome(page, name)
  await page.reload()
  return demo
}

async function uploadSome(page: Page, name: string): Promise<void> {
  const progress = page.getByRole('progressbar', { name })
  await expect
    .poll(() => progress.evaluate((bar: HTMLProgressElement) => bar.value / bar.max))
    .toBeGreaterThan(0.3)
}

test('a file from the picker goes on after a reload at one click, without a second choice', async ({
  page,
  oss,
  demoUrl,
  folder,
}) => {
  const name = 'picked.bin'
  const path = await writeFileOf(folder, name, SIZE)
  const demo = await chooseByPicker(page, demoUrl, path, name)
  await page.getByRole('button', { name: `Resume ${name}` }).click()
  await demo.expectStored(name)
  expect(await sha256OfObject(oss, PREFIX + name)).toBe(await sha256OfFile(path))
})

test('when the user does not allow to read it, the file is asked for instead', async ({
  page,
  oss,
  demoUrl,
  folder,
}) => {
  const name = 'denied.bin'
  const path = await writeFileOf(folder, name, SIZE)
  const demo = await chooseByPicker(page, demoUrl, path, name)
  await page.evaluate(() => sessionStorage.setItem('answer', 'denied'))
  await page.getByRole('button', { name: `Resume ${name}` }).click()
  await expect(demo.row(name).getByText('was not allowed to read the file')).toBeVisible()
  await page.getByLabel(`File of ${name}`).setInputFiles(path)
  await demo.expectStored(name)
  expect(await sha256OfObject(oss, PREFIX + name)).toBe(await sha256OfFile(path))
})

test('a dropped file is on record with its handle', async ({ page, demoUrl, folder }) => {
  const name = 'dropped.bin'
  const path = await writeFileOf(folder, name, SIZE)
  const demo = demoPage(page)
  await demo.open(`${demoUrl}?partSize=${2 * MIB}`)
  await throttleUploads(page, 8 * MIB)
  const session = await devtools(page)
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 300, y: 400, data })
  }
  await uploadSome(page, name)
  await page.reload()
  // The browser's own question cannot be answered without a window; that it need not be chosen again is what shows.
  await expect(page.getByRole('button', { name: `Resume ${name}` })).toBeVisible()
})

/** Uploads some of a file that is copied, reloads, and takes the file away. */
async function loseCopied(page: Page, demoUrl: string, path: string): Promise<void> {
  const name = basename(path)
  const demo = demoPage(page)
  await demo.open(`${demoUrl}?partSize=${2 * MIB}&keepCopyUpTo=${SIZE}`)
  await throttleUploads(page, 8 * MIB)
  await demo.choose(path)
  await uploadSome(page, name)
  await page.reload()
  await expect(page.getByRole('button', { name: `Resume ${name}` })).toBeVisible()
  await rm(path)
  await page.getByRole('button', { name: `Resume ${name}` }).click()
}

test('a copy beside the record goes on after a reload, though the file is gone', async ({
  oss,
  demoUrl,
  folder,
}) => {
  const name = 'copied.bin'
  const path = await writeFileOf(folder, name, SIZE)
  const sha256 = await sha256OfFile(path)
  const context = await chromium.launchPersistentContext(
    join(folder, 'profile'),
    readLaunchOptions(),
  )
  try {
    const page = await context.newPage()
    await loseCopied(page, demoUrl, path)
    await demoPage(page).expectStored(name)
    expect(await sha256OfObject(oss, PREFIX + name)).toBe(sha256)
  } finally {
    await context.close()
  }
})

test('a private window keeps no copy of its own, and asks for the file when it is gone', async ({
  page,
  demoUrl,
  folder,
  browserName,
}) => {
  test.skip(browserName === 'firefox', 'Playwright opens no private window of Firefox')
  const name = 'private.bin'
  await loseCopied(page, demoUrl, await writeFileOf(folder, name, SIZE))
  await expect(demoPage(page).row(name).getByText('no longer where it was')).toBeVisible()
  await expect(page.getByRole('button', { name: `Choose file and resume ${name}` })).toBeVisible()
})
