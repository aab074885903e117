import { readFile } from 'node:fs/promises'
import type { Browser } from '@playwright/test'
import { demoPage } from './support/demo-page.js'
import { MIB, writeFileOf } from './support/files.js'
import { expect, test } from './support/fixtures.js'
import { throttleUploads } from './support/throttle.js'

test('a limited line shows steady progress, speed and time left', async ({
  page,
  demoUrl,
  folder,
}) => {
  const path = await writeFileOf(folder, 'slow.bin', 12 * MIB)
  const demo = demoPage(page)
  await demo.open(demoUrl)
  await throttleUploads(page, 4 * MIB)
  await page.evaluate(() => {
    const values: number[] = []
    Object.assign(window, { values })
    new MutationObserver(() => {
      const bar = document.querySelector('progress')
      if (bar && bar.value !== values.at(-1)) values.push(bar.value)
    }).observe(document.body, { subtree: true, attributes: true })
  })
  await demo.choose(path)
  await expect(demo.row('slow.bin').getByText(/MB of .* MB\/s .* left/)).toBeVisible()
  await demo.expectStored('slow.bin')
  const values = await page.evaluate(() => (window as unknown as { values: number[] }).values)
  expect(values.length).toBeGreaterThan(10)
  expect(values).toEqual([...values].sort((a, b) => a - b))
  expect(values.at(-1)).toBe(12 * MIB)
})

const MEMORY = [
  ['crc64', 96 * MIB],
  ['none', 32 * MIB],
] as const

/** What the debugger that drives the page holds, and memory that a busy machine collects late. */
const NOISE = 32 * MIB

for (const [verify, budget] of MEMORY) {
  test(`300 MiB with verify "${verify}" grow the page's memory by ${budget / MIB} MiB, give or take a debugger`, async ({
    page,
    browser,
    demoUrl,
    folder,
    browserName,
  }) => {
    test.skip(browserName !== 'chromium', 'asks Chromium’s protocol for its processes')
    test.skip(
      process.platform !== 'linux',
      'reads resident sizes from /proc, which Linux alone has',
    )
    const warmUp = await writeFileOf(folder, 'warm-up.bin', 9 * MIB)
    const path = await writeFileOf(folder, 'large.bin', 300 * MIB)
    const demo = demoPage(page)
    await demo.open(`${demoUrl}?verify=${verify}`)
    await demo.choose(warmUp)
    const badge = verify === 'none' ? 'Stored' : 'Verified'
    await expect(demo.row('warm-up.bin').getByText(badge, { exact: true }).first()).toBeVisible()

    const before = await residentBytes(browser)
    let peak = 0
    let isWatching = true
    const watching = (async () => {
      while (isWatching) peak = Math.max(peak, await residentBytes(browser))
    })()
    await demo.choose(path)
    await expect(demo.row('large.bin').getByText(badge, { exact: true }).first()).toBeVisible({
      timeout: 60_000,
    })
    isWatching = false
    await watching
    test.info().annotations.push({
      type: 'growth',
      description: `${((peak - before) / MIB).toFixed(1)} MiB`,
    })
    expect(peak - before).toBeLessThan(budget + NOISE)
  })
}

/** Resident bytes of all renderer processes. */
async function residentBytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const renderers = processInfo.filter(({ type }) => type === 'renderer')
  const sizes = await Promise.all(renderers.map(({ id }) => residentBytesOf(id)))
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

async function residentBytesOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}
