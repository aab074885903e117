import { setTimeout as pass } from 'node:timers/promises'
import { backgroundPage, PART_SIZE } from './support/background-page.js'
import { sha256OfFile, writeFileOf } from './support/files.js'
import { expect, sha256OfObject, test } from './support/fixtures.js'
import { PREFIX, startApp, startOss } from './support/servers.js'

const KEY = `${PREFIX}long.bin`
/** At five parts in five seconds this lasts well beyond what Chromium allows. */
const SIZE = 480 * PART_SIZE
const PART_TAKES_MS = 5000
const SILENT_AFTER_MS = 30_000
const WATCHED_MS = 400_000

/** A local OSS that takes its time over each part. */
async function startSlowOss() {
  const line = { isSlow: true, lastPartAtMs: 0 }
  const oss = await startOss({
    faults: {
      async beforeCommit({ operation }) {
        if (operation !== 'UploadPart') return
        line.lastPartAtMs = Date.now()
        if (line.isSlow) await pass(PART_TAKES_MS)
      },
    },
  })
  return { oss, line }
}

test('how long the worker goes on with no page of the origin, and what becomes of the rest @on-demand', async ({
  page,
  context,
  harnessDir,
  folder,
}) => {
  test.setTimeout(600_000)
  const path = await writeFileOf(folder, 'long.bin', SIZE)
  const { oss, line } = await startSlowOss()
  const app = await startApp(oss, harnessDir)
  try {
    const first = backgroundPage(page)
    await first.open(app.url)
    await first.upload(path)
    await expect.poll(first.locks).toEqual({ held: 1, pending: 1 })
    const next = backgroundPage(await context.newPage())
    await page.close()
    const closedAtMs = Date.now()
    const isSilent = () => Date.now() - line.lastPartAtMs > SILENT_AFTER_MS
    await expect.poll(isSilent, { timeout: WATCHED_MS, intervals: [1000] }).toBe(true)
    const livedSeconds = Math.round((line.lastPartAtMs - closedAtMs) / 1000)
    console.log(`The last part arrived ${livedSeconds} s after the tab was closed.`)
    test.info().annotations.push({ type: 'lived', description: `${livedSeconds} s` })
    expect(livedSeconds).toBeGreaterThan(240)
    expect(livedSeconds).toBeLessThan(360)

    line.isSlow = false
    const stored = (from = 0) =>
      oss.requests
        .slice(from)
        .filter(({ operation, status }) => operation === 'UploadPart' && status === 200)
        .map(({ query }) => query['partNumber'])
    const before = oss.requests.length
    const held = stored()
    await next.open(app.url)
    expect(await next.resumable()).toMatchObject([{ key: KEY, needsFile: true, source: 'none' }])
    await next.upload(path)
    expect(await next.done()).toEqual([{ key: KEY, verified: true }])
    expect(stored(before).filter((part) => held.includes(part))).toEqual([])
    expect(await sha256OfObject(oss, KEY)).toBe(await sha256OfFile(path))
  } finally {
    await app.close()
    await oss.close()
  }
})

test('the worker lives on while any page that could need it is open @on-demand', async ({
  page,
  context,
  harnessDir,
  folder,
}) => {
  test.setTimeout(600_000)
  const path = await writeFileOf(folder, 'long.bin', SIZE)
  const { oss, line } = await startSlowOss()
  const app = await startApp(oss, harnessDir)
  try {
    // Open before there is a worker, and without a part in the upload.
    const other = backgroundPage(await context.newPage())
    await other.open(app.url)
    const first = backgroundPage(page)
    await first.open(app.url)
    await first.upload(path)
    await expect.poll(first.locks).toEqual({ held: 1, pending: 1 })
    await page.close()
    const closedAtMs = Date.now()
    const lived = () => line.lastPartAtMs - closedAtMs
    await expect.poll(lived, { timeout: WATCHED_MS, intervals: [1000] }).toBeGreaterThan(340_000)
  } finally {
    await app.close()
    await oss.close()
  }
})
