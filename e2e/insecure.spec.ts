import { type Browser, chromium, type Page } from '@playwright/test'
import type { FaultSource } from '../demo/oss-server/server.js'
import { readLaunchOptions } from '../scripts/launch-options.js'
import { demoPage } from './support/demo-page.js'
import { MIB, sha256OfFile, writeFileOf } from './support/files.js'
import { test as base, expect, sha256OfObject, uploadsOf } from './support/fixtures.js'
import { PREFIX, startIntranet } from './support/servers.js'
import { throttleUploads } from './support/throttle.js'

const NAME = 'film.bin'
const KEY = PREFIX + NAME
const SIZE = 10 * MIB
const PARTS = 10

type Intranet = Awaited<ReturnType<typeof startIntranet>>

const test = base.extend<{ faults: FaultSource; intranet: Intranet; visitor: Browser }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs off this pattern.
  faults: ({}, use) => use({}),
  intranet: async ({ faults }, use) => {
    const intranet = await startIntranet('.demo-dist', faults)
    await use(intranet)
    await intranet.close()
  },
  visitor: async ({ intranet }, use) => {
    const options = readLaunchOptions()
    const args = [...(options.args ?? []), ...intranet.browserArgs]
    const browser = await chromium.launch({ ...options, args })
    await use(browser)
    await browser.close()
  },
})

/** Opens the demo page where the browser gives neither locks nor cryptography, and makes sure of that. */
async function openDemo(page: Page, url: string) {
  const demo = demoPage(page)
  await demo.open(`${url}?partSize=${SIZE / PARTS}`)
  expect(
    await page.evaluate(() => ({
      isSecureContext,
      locks: typeof navigator.locks,
      subtle: typeof crypto.subtle,
      storage: typeof navigator.storage,
    })),
  ).toEqual({
    isSecureContext: false,
    locks: 'undefined',
    subtle: 'undefined',
    storage: 'undefined',
  })
  return demo
}

/** Parts OSS has stored of all uploads, in the order they came. */
function storedParts({ oss }: Intranet): (string | undefined)[] {
  return oss.requests
    .filter(({ operation, status }) => operation === 'UploadPart' && status === 200)
    .map(({ query }) => query['partNumber'])
}

test('on a plain http page a file goes up in parts, and every byte of it is verified', async ({
  intranet,
  visitor,
  folder,
}) => {
  const path = await writeFileOf(folder, NAME, SIZE)
  const demo = await openDemo(await visitor.newPage(), intranet.url)
  await demo.choose(path)
  await demo.expectStored(NAME)
  expect(storedParts(intranet)).toHaveLength(PARTS)
  expect(await sha256OfObject(intranet.oss, KEY)).toBe(await sha256OfFile(path))
})

test('on a plain http page an upload goes on after a reload when its file is chosen again', async ({
  intranet,
  visitor,
  folder,
}) => {
  const { oss, url } = intranet
  const path = await writeFileOf(folder, NAME, SIZE)
  const page = await visitor.newPage()
  const demo = await openDemo(page, url)
  await throttleUploads(page, 3 * MIB)
  await demo.choose(path)
  await expect.poll(() => storedParts(intranet).length, { timeout: 20_000 }).toBeGreaterThan(2)
  await page.reload()
  const held = storedParts(intranet)
  expect(held.length).toBeLessThan(PARTS)
  const before = oss.requests.length

  await expect(demo.row(NAME).getByText(/^Unfinished: .* of 10.5 MB$/)).toBeVisible()
  await page.getByLabel(`File of ${NAME}`).setInputFiles(path)
  await demo.expectStored(NAME)
  const after = oss.requests.slice(before)
  expect(after.some(({ operation }) => operation === 'InitiateMultipartUpload')).toBe(false)
  const sent = after
    .filter(({ operation }) => operation === 'UploadPart')
    .map(({ query }) => query['partNumber'])
  expect(sent.filter((partNumber) => held.includes(partNumber))).toEqual([])
  expect(await sha256OfObject(oss, KEY)).toBe(await sha256OfFile(path))
})

/** Two tabs of one browser, each on a line of its own: who is faster is not left to chance. */
async function openTwoTabs(visitor: Browser, url: string, speeds: readonly [number, number]) {
  const context = await visitor.newContext()
  const open = async (bytesPerSecond: number) => {
    const page = await context.newPage()
    const demo = await openDemo(page, url)
    await throttleUploads(page, bytesPerSecond)
    return demo
  }
  return [await open(speeds[0]), await open(speeds[1])] as const
}

test('two plain http tabs that begin the same file to the same key at once both succeed', async ({
  faults,
  intranet: { oss, url },
  visitor,
  folder,
}) => {
  let initiated = 0
  let meet = () => {}
  const bothInitiate = new Promise<void>((resolve) => {
    meet = resolve
  })
  faults.beforeAuth = ({ operation }) => {
    if (operation !== 'InitiateMultipartUpload') return
    initiated++
    if (initiated === 2) meet()
    return bothInitiate
  }
  const path = await writeFileOf(folder, NAME, SIZE)
  const tabs = await openTwoTabs(visitor, url, [4 * MIB, 4 * MIB])
  for (const tab of tabs) await tab.choose(path)
  for (const tab of tabs) await tab.expectStored(NAME)
  expect(initiated).toBe(2)
  expect(await sha256OfObject(oss, KEY)).toBe(await sha256OfFile(path))
  expect(await uploadsOf(oss, KEY)).toEqual([])
})

test('a plain http tab that is overtaken by another at its own upload succeeds all the same', async ({
  intranet,
  visitor,
  folder,
}) => {
  const path = await writeFileOf(folder, NAME, SIZE)
  const tabs = await openTwoTabs(visitor, intranet.url, [2 * MIB, 16 * MIB])
  await tabs[0].choose(path)
  await expect.poll(() => storedParts(intranet).length, { timeout: 20_000 }).toBeGreaterThan(0)
  await tabs[1].choose(path)
  for (const tab of tabs) await tab.expectStored(NAME)
  expect(await sha256OfObject(intranet.oss, KEY)).toBe(await sha256OfFile(path))
})

test('the plain http tab that comes second takes the object the first one made, and sends nothing again', async ({
  faults,
  intranet,
  visitor,
  folder,
}) => {
  let joined = () => {}
  const secondJoins = new Promise<void>((resolve) => {
    joined = resolve
  })
  // The first tab is not done before the second has found its upload, however slow the machine.
  faults.beforeAuth = ({ operation }) => {
    if (operation === 'ListParts') joined()
    return operation === 'CompleteMultipartUpload' ? secondJoins : undefined
  }
  const path = await writeFileOf(folder, NAME, SIZE)
  const tabs = await openTwoTabs(visitor, intranet.url, [4 * MIB, 2 * MIB])
  await tabs[0].choose(path)
  await expect.poll(() => storedParts(intranet).length, { timeout: 20_000 }).toBeGreaterThan(2)
  await tabs[1].choose(path)
  for (const tab of tabs) await tab.expectStored(NAME)
  const operations = intranet.oss.requests.map(({ operation }) => operation)
  const afterFirst = operations.slice(operations.indexOf('CompleteMultipartUpload') + 1)
  expect(afterFirst).not.toContain('InitiateMultipartUpload')
  expect(afterFirst).toContain('HeadObject')
  expect(await sha256OfObject(intranet.oss, KEY)).toBe(await sha256OfFile(path))
  expect(await uploadsOf(intranet.oss, KEY)).toEqual([])
})
