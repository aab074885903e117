import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ALL, FIRST, KEY, SIZE, test, uploadFirstParts } from './support/background-fixtures.js'
import { backgroundPage, PART_SIZE, sharedWorkers } from './support/background-page.js'
import { sha256OfFile, writeFileOf } from './support/files.js'
import { expect, sha256OfObject } from './support/fixtures.js'
import { startHoldingProxy } from './support/holding-proxy.js'
import { PREFIX, startApp } from './support/servers.js'

test('a page that has nothing to upload starts no worker', async ({
  first,
  browser,
  path,
  heldOss,
}) => {
  const before = await sharedWorkers(browser)
  expect(await first.resumable()).toEqual([])
  expect(await sharedWorkers(browser)).toEqual(before)
  await uploadFirstParts({ first, heldOss, path })
  const started = (await sharedWorkers(browser)).filter((worker) => !before.includes(worker))
  expect(started).toEqual([expect.stringContaining('/assets/background-worker')])
})

test('a file that is done before the worker has begun is not sent again', async ({
  page,
  heldOss,
  url,
  folder,
}) => {
  const slow = await startHoldingProxy(url, (path) => path.includes('background-worker'))
  try {
    const first = backgroundPage(page)
    await first.open(slow.url)
    await first.upload(await writeFileOf(folder, 'quick.bin', 1000))
    await first.done()
    slow.letGo()
    await expect.poll(first.isWorkerUp).toBe(true)
    // By the time it has heard of this one, it is through with the one before.
    await first.upload(await writeFileOf(folder, 'later.bin', 1000))
    await first.done()
    await expect.poll(first.locks).toEqual({ held: 0, pending: 0 })
    const puts = heldOss.requests.filter(({ operation }) => operation === 'PutObject')
    expect(puts.map(({ key }) => key)).toEqual([`${PREFIX}quick.bin`, `${PREFIX}later.bin`])
    expect(await first.resumable()).toEqual([])
  } finally {
    await slow.close()
  }
})

test('the worker keeps the file handle on record of an upload that it begins', async ({
  page,
  heldOss,
  url,
  path,
  context,
}) => {
  const first = backgroundPage(page)
  await first.open(url, { parallel: 1 })
  await first.upload(path)
  await expect.poll(() => heldOss.partsOf(KEY).length).toBe(FIRST)
  await page.evaluate(
    async (size) => {
      const { prefix } = await (await fetch('/api/oss/config')).json()
      const folder = await navigator.storage.getDirectory()
      const handle = await folder.getFileHandle('later.bin', { create: true })
      const writing = await handle.createWritable()
      await writing.write(new Uint8Array(size))
      await writing.close()
      const options = { key: `${prefix}later.bin`, handle }
      window.tasks.push(window.uploader.upload(await handle.getFile(), options))
    },
    SIZE + 2 * PART_SIZE,
  )
  await expect.poll(first.locks).toEqual({ held: 2, pending: 2 })
  const next = backgroundPage(await context.newPage())
  await page.close()
  // The first file goes through; the second one, of two parts more, stands still.
  heldOss.admit(SIZE / PART_SIZE)
  await next.open(url)
  await expect.poll(next.handles).toEqual(['later.bin'])
})

for (const how of ['refused by the policy', 'missing'] as const) {
  test(`where the worker is ${how}, the upload runs in the page and ends with it`, async ({
    page,
    heldOss,
    harnessDir,
    url,
    path,
  }) => {
    const html = await readFile(join(harnessDir, 'index.html'), 'utf8')
    const policy = `<meta http-equiv="Content-Security-Policy" content="worker-src 'none'">`
    await writeFile(join(harnessDir, 'refused.html'), html.replace('<head>', `<head>${policy}`))
    const app = await startApp(heldOss, harnessDir)
    if (how === 'missing')
      await page.addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker'))
    try {
      const first = backgroundPage(page)
      const address = how === 'missing' ? url : `${app.url}/refused.html`
      await first.open(address)
      await first.upload(path)
      await expect.poll(() => heldOss.partsOf(KEY).length).toBe(FIRST)
      expect(await first.locks()).toEqual({ held: 1, pending: 0 })
      // On record with parts, so that going on takes the proof that they are this file's.
      await expect.poll(first.stored).toContain('"partNumber":')
      await first.open(address)
      await expect.poll(first.locks).toEqual({ held: 0, pending: 0 })
      const [saved] = await first.resumable()
      expect(saved).toMatchObject({ key: KEY, source: 'none', needsFile: true })
      expect(saved?.runsIn).toBeUndefined()
      heldOss.admit(ALL)
      await first.upload(path)
      expect(await first.done()).toEqual([{ key: KEY, verified: true }])
      expect(await sha256OfObject(heldOss, KEY)).toBe(await sha256OfFile(path))
    } finally {
      await app.close()
    }
  })
}
