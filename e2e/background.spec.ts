import {
  ALL,
  FIRST,
  KEY,
  NAME,
  SIZE,
  test,
  uploadFirstParts,
} from './support/background-fixtures.js'
import { backgroundPage, PART_SIZE } from './support/background-page.js'
import { startCountingProxy } from './support/counting-proxy.js'
import { demoPage } from './support/demo-page.js'
import { sha256OfFile, writeFileOf } from './support/files.js'
import { expect, sha256OfObject } from './support/fixtures.js'
import { PREFIX, startApp } from './support/servers.js'

test('after a reload the upload goes on by itself, and the page shows and steers it', async ({
  first,
  heldOss,
  path,
  url,
}) => {
  await uploadFirstParts({ first, heldOss, path })
  await first.page.goto('about:blank')
  heldOss.admit(13)
  // The page had six under way at most, so this one is the worker's.
  await expect.poll(() => heldOss.partsOf(KEY)).toContain(13)

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
  expect((await first.state())?.loaded).toBeGreaterThanOrEqual(13 * PART_SIZE)
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
    // The worker may be at it before the page has quite gone.
    const closingAtMs = Date.now()
    await page.close()
    const held = heldOss.keys.find(accessKeyId)
    if (!held) throw new Error('The local OSS does not know the credentials it was used with.')
    heldOss.keys.add({ ...held, expiresAt: Date.now() - 1000 })
    heldOss.admit(ALL)
    await expect.poll(() => heldOss.readObject(key).then(Boolean)).toBe(true)
    expect(await sha256OfObject(heldOss, key)).toBe(await sha256OfFile(path))
    const asked = proxy.sent.filter(
      ({ atMs, requestLine }) => atMs >= closingAtMs && requestLine !== undefined,
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

test('what is chosen on the demo page goes on after its tab is closed', async ({
  page,
  heldOss,
  path,
  context,
}) => {
  const app = await startApp(heldOss, '.demo-dist')
  try {
    const query = `background=true&partSize=${PART_SIZE}&multipartThreshold=${PART_SIZE}`
    await demoPage(page).open(`${app.url}?${query}`)
    await demoPage(page).choose(path)
    await expect.poll(() => heldOss.partsOf(KEY).length).toBe(FIRST)
    await expect.poll(backgroundPage(page).locks).toEqual({ held: 1, pending: 1 })
    await context.newPage()
    await page.close()
    heldOss.admit(ALL)
    await expect.poll(() => heldOss.readObject(KEY).then(Boolean)).toBe(true)
    expect(await sha256OfObject(heldOss, KEY)).toBe(await sha256OfFile(path))
  } finally {
    await app.close()
  }
})
