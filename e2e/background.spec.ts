import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type BackgroundPage,
  backgroundPage,
  PART_SIZE,
  sharedWorkers,
} from './support/background-page.js'
import { startCountingProxy } from './support/counting-proxy.js'
import { sha256OfFile, writeFileOf } from './support/files.js'
import { test as base, expect, sha256OfObject } from './support/fixtures.js'
import { type HeldOss, startHeldOss } from './support/held-oss.js'
import { PREFIX, startApp } from './support/servers.js'

const NAME = 'film.bin'
const KEY = PREFIX + NAME
const PARTS = 20
const SIZE = PARTS * PART_SIZE
const ALL = Number.POSITIVE_INFINITY

/** Parts that come in before the line stands still. */
const FIRST = 6

const test = base.extend<{ heldOss: HeldOss; url: string; path: string; first: BackgroundPage }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs off this pattern.
  heldOss: async ({}, use) => {
    const oss = await startHeldOss(FIRST)
    await use(oss)
    await oss.close()
  },
  url: async ({ heldOss, harnessDir }, use) => {
    const app = await startApp(heldOss, harnessDir)
    await use(app.url)
    await app.close()
  },
  path: async ({ folder }, use) => use(await writeFileOf(folder, NAME, SIZE)),
  first: async ({ page, url }, use) => {
    const first = backgroundPage(page)
    await first.open(url)
    await use(first)
  },
})

/** Uploads until the line stands still, with the worker behind the page. */
async function uploadFirstParts({ first, heldOss, path }: Half): Promise<void> {
  await first.upload(path)
  await expect.poll(() => heldOss.partsOf(KEY).length).toBe(FIRST)
  await expect.poll(first.locks).toEqual({ held: 1, pending: 1 })
}

interface Half {
  readonly first: BackgroundPage
  readonly heldOss: HeldOss
  readonly path: string
}

test('after a reload the upload goes on by itself, and the page shows and steers it', async ({
  first,
  heldOss,
  path,
  url,
}) => {
  await uploadFirstParts({ first, heldOss, path })
  await first.page.goto('about:blank')
  heldOss.admit(12)
  // The page had five under way at most, so this one is the worker's.
  await expect.poll(() => heldOss.partsOf(KEY)).toContain(12)

  await first.open(url)
  await expect
    .poll(first.resumable)
    .toMatchObject([
      { key: KEY, source: 'worker', runsIn: 'background', needsFile: false, size: SIZE },
    ])
  await first.resumeFirst()
  await expect.poll(first.state).toMatchObject({ status: 'uploading', runsIn: 'background' })
  await first.press('pause')
  await expect.poll(first.state).toMatchObject({ status: 'paused', runsIn: 'background' })
  expect((await first.state())?.loaded).toBeGreaterThanOrEqual(12 * PART_SIZE)
  heldOss.admit(ALL)
  await first.press('resume')
  expect(await first.done()).toEqual([{ key: KEY, verified: true }])

  expect(await sha256OfObject(heldOss, KEY)).toBe(await sha256OfFile(path))
  const count = (name: string) =>
    heldOss.requests.filter(({ operation }) => operation === name).length
  expect(count('InitiateMultipartUpload')).toBe(1)
  expect(count('CompleteMultipartUpload')).toBe(1)
  // The page saw it through: that it ended is no news.
  await expect.poll(first.resumable).toEqual([])
})

test('an upload in the background is cancelled from the page', async ({
  first,
  heldOss,
  path,
  url,
}) => {
  await uploadFirstParts({ first, heldOss, path })
  await first.open(url)
  await expect.poll(first.resumable).toMatchObject([{ runsIn: 'background' }])
  await first.resumeFirst()
  await expect.poll(first.state).toMatchObject({ runsIn: 'background' })
  const cancelled = first.press('cancel')
  // OSS still has to answer the parts that were under way.
  heldOss.admit(ALL)
  await cancelled
  expect(await first.state()).toMatchObject({ status: 'cancelled' })
  await expect.poll(() => heldOss.listUploads()).toEqual([])
  await expect.poll(first.resumable).toEqual([])
  expect(await heldOss.readObject(KEY)).toBeUndefined()
})

test('the worker finishes after the tab is closed, and the next visit hears of it once', async ({
  first,
  heldOss,
  path,
  url,
  context,
}) => {
  await uploadFirstParts({ first, heldOss, path })
  const next = backgroundPage(await context.newPage())
  await first.page.close()
  heldOss.admit(ALL)
  await expect.poll(() => heldOss.readObject(KEY).then(Boolean)).toBe(true)
  expect(await sha256OfObject(heldOss, KEY)).toBe(await sha256OfFile(path))

  await next.open(url)
  await expect.poll(next.locks).toEqual({ held: 0, pending: 0 })
  const [saved] = await next.resumable()
  expect(saved).toMatchObject({ key: KEY, name: NAME, loaded: SIZE, size: SIZE, needsFile: false })
  expect(await next.stored()).toContain(NAME)
  expect(await next.stored()).not.toContain('STS.')
  await next.resumeFirst()
  expect(await next.state()).toMatchObject({ status: 'succeeded', loaded: SIZE })
  expect(await next.done()).toEqual([{ key: KEY, verified: true }])
  expect(await next.resumable()).toEqual([])
})

test('an upload paused before the reload stays paused until somebody resumes it', async ({
  first,
  heldOss,
  path,
  url,
}) => {
  await uploadFirstParts({ first, heldOss, path })
  await first.press('pause')
  heldOss.admit(ALL)
  await first.open(url)
  await expect.poll(first.resumable).toMatchObject([{ runsIn: 'background', needsFile: false }])
  await first.resumeFirst()
  await expect.poll(first.state).toMatchObject({ status: 'paused', runsIn: 'background' })
  expect(await heldOss.readObject(KEY)).toBeUndefined()
  await first.press('resume')
  expect(await first.done()).toEqual([{ key: KEY, verified: true }])
  expect(await sha256OfObject(heldOss, KEY)).toBe(await sha256OfFile(path))
})

test('files that wait for their turn go on as well, large and small', async ({
  page,
  heldOss,
  url,
  folder,
  context,
}) => {
  const paths = [
    await writeFileOf(folder, 'large-1.bin', SIZE),
    await writeFileOf(folder, 'large-2.bin', SIZE),
    await writeFileOf(folder, 'small.bin', 5000),
  ]
  const first = backgroundPage(page)
  await first.open(url, { parallel: 1 })
  const [started = '', ...waiting] = paths
  await first.upload(started)
  await expect.poll(() => heldOss.partsOf(`${PREFIX}large-1.bin`).length).toBe(FIRST)
  await first.upload(...waiting)
  await expect.poll(first.locks).toEqual({ held: 3, pending: 3 })
  expect(heldOss.requests.filter(({ key }) => key !== `${PREFIX}large-1.bin`)).toEqual([])
  const next = backgroundPage(await context.newPage())
  await page.close()
  heldOss.admit(ALL)
  for (const path of paths) {
    const key = PREFIX + path.slice(path.lastIndexOf('/') + 1)
    await expect.poll(() => heldOss.readObject(key).then(Boolean)).toBe(true)
    expect(await sha256OfObject(heldOss, key)).toBe(await sha256OfFile(path))
  }
  await next.open(url)
  await expect.poll(next.locks).toEqual({ held: 0, pending: 0 })
  const finished = await next.resumable()
  expect(finished.map(({ name }) => name).sort()).toEqual([
    'large-1.bin',
    'large-2.bin',
    'small.bin',
  ])
})

test('a file that is done before the worker has begun is not sent again', async ({
  page,
  heldOss,
  url,
  folder,
  context,
}) => {
  const path = await writeFileOf(folder, 'quick.bin', 1000)
  const first = backgroundPage(page)
  await first.open(url)
  const next = backgroundPage(await context.newPage())
  await first.upload(path)
  await first.done()
  await page.close()
  await next.open(url)
  // The worker is there, has heard of it, and is through with it.
  await next.upload(await writeFileOf(folder, 'later.bin', 1000))
  await next.done()
  await expect.poll(next.locks).toEqual({ held: 0, pending: 0 })
  const puts = heldOss.requests.filter(({ operation }) => operation === 'PutObject')
  expect(puts.map(({ key }) => key)).toEqual([`${PREFIX}quick.bin`, `${PREFIX}later.bin`])
})

test('the worker renews credentials by the cookie of a page that is gone', async ({
  page,
  heldOss,
  harnessDir,
  path,
  context,
}) => {
  // Without a user of its own, the app server goes by the cookie alone.
  const app = await startApp(heldOss, harnessDir, { user: 'by cookie' })
  const proxy = await startCountingProxy(app.url)
  try {
    const first = backgroundPage(page)
    await first.open(proxy.endpoint)
    await first.upload(path)
    await expect.poll(first.locks).toEqual({ held: 1, pending: 1 })
    const { accessKeyId, key } = await page.evaluate(async () => {
      const headers = { 'Content-Type': 'application/json' }
      const body = JSON.stringify({ reason: 'first' })
      const answer = await fetch('/api/oss/credentials', { method: 'POST', headers, body })
      return { ...(await answer.json()), key: window.tasks[0]?.key }
    })
    await expect.poll(() => heldOss.partsOf(key).length).toBe(FIRST)
    await context.newPage()
    await page.close()
    const closedAtMs = Date.now()
    const held = heldOss.keys.find(accessKeyId)
    if (!held) throw new Error('The local OSS does not know the credentials it was used with.')
    heldOss.keys.add({ ...held, expiresAt: Date.now() - 1000 })
    heldOss.admit(ALL)
    await expect.poll(() => heldOss.readObject(key).then(Boolean)).toBe(true)
    expect(await sha256OfObject(heldOss, key)).toBe(await sha256OfFile(path))
    const asked = proxy.sent.filter(
      ({ atMs, requestLine }) => atMs >= closedAtMs && requestLine !== undefined,
    )
    // Its first, and the one after OSS had refused those.
    expect(asked.map(({ requestLine }) => requestLine)).toEqual([
      'POST /api/oss/credentials HTTP/1.1',
      'POST /api/oss/credentials HTTP/1.1',
    ])
  } finally {
    await proxy.close()
    await app.close()
  }
})

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
