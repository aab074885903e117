import type { Page } from '@playwright/test'
import { expect, test } from './support/fixtures.js'

/** What uploads by parts take is a file of its own, that bundlers name by their own rules. */
const LATE_FILE = /page-multipart/

/** Counts how often the file was asked for; the first answers fail. */
async function breakLateFile(page: Page, failures: number): Promise<string[]> {
  const asked: string[] = []
  await page.route(LATE_FILE, (route) => {
    asked.push(new URL(route.request().url()).search)
    return asked.length > failures ? route.continue() : route.abort('connectionreset')
  })
  return asked
}

/** Begins an upload of so many bytes as `window.task`. */
async function begin(page: Page, bytes: number): Promise<void> {
  await page.evaluate(async (size) => {
    const config = await (await fetch('/api/oss/config')).json()
    const uploader = window.library.createUploader({
      ...config,
      credentials: '/api/oss/credentials',
      partSize: 102_400,
    })
    const waits = new Set<string>()
    const task = uploader.upload(new Blob([new Uint8Array(size)]), {
      key: `${config.prefix}${size}.bin`,
    })
    task.subscribe(({ status, waitingFor }) => waits.add(`${status} ${waitingFor}`))
    Object.assign(window, { task, waits })
  }, bytes)
}

const isVerified = (page: Page) => page.evaluate(async () => (await window.task.done).verified)

test('a page whose files go by one request each does not load what uploads by parts take', async ({
  page,
  harnessUrl,
}) => {
  const asked = await breakLateFile(page, 0)
  await page.goto(harnessUrl)
  await begin(page, 1000)
  expect(await isVerified(page)).toBe(true)
  expect(asked).toEqual([])
  await begin(page, 300_000)
  expect(await isVerified(page)).toBe(true)
  await begin(page, 400_000)
  expect(await isVerified(page)).toBe(true)
  expect(asked).toEqual([''])
})

test('where that file does not come at once, the upload waits for the network and goes on', async ({
  page,
  harnessUrl,
  browserName,
}) => {
  const asked = await breakLateFile(page, 2)
  await page.goto(harnessUrl)
  await begin(page, 300_000)
  expect(await isVerified(page)).toBe(true)
  const waits = await page.evaluate(() => [...(window as unknown as { waits: Set<string> }).waits])
  expect(waits).toContain('waiting network')
  // Firefox remembers what failed, by its URL, and does not ask for it again.
  const isRemembered = browserName === 'firefox'
  expect(asked).toEqual(isRemembered ? ['', '?try=2', '?try=3'] : ['', '', '?try=2'])
})

test('resumable() says when that file did not come, and may be called again', async ({
  page,
  harnessUrl,
}) => {
  await breakLateFile(page, 1)
  await page.goto(harnessUrl)
  const answers = await page.evaluate(async () => {
    const config = await (await fetch('/api/oss/config')).json()
    const uploader = window.library.createUploader({
      ...config,
      credentials: '/api/oss/credentials',
    })
    const ask = () =>
      uploader.resumable().then(
        (uploads) => uploads.length,
        (error) => [error.name, error.code, error.retryable],
      )
    return [await ask(), await ask()]
  })
  expect(answers).toEqual([['OssNetworkError', 'network', true], 0])
})
