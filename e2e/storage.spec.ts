import type { Page } from '@playwright/test'
import { byHand } from './support/demo-page.js'
import { devtools } from './support/devtools.js'
import { MIB, sha256OfFile, writeFileOf } from './support/files.js'
import { expect, sha256OfObject, test, uploadsOf, type Watched } from './support/fixtures.js'
import { outcomeOfTask, startTask } from './support/harness.js'
import { recorded } from './support/records.js'
import { PREFIX, startApp } from './support/servers.js'
import { isPartAfter } from './support/watch.js'

const NAME = 'film.bin'
const KEY = PREFIX + NAME
const SIZE = 12 * MIB
const HELD = 7

/** Ways in which a browser keeps nothing, put in place before any script of the page runs. */
const BLOCKED = {
  'there is no IndexedDB at all': () => {
    Object.defineProperty(window, 'indexedDB', { value: undefined })
  },
  'opening IndexedDB throws': () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
  },
  'opening IndexedDB fails': () => {
    const { open } = IDBFactory.prototype
    // A version that is no more: the browser itself answers with an error.
    IDBFactory.prototype.open = function (name) {
      open.call(this, `${name} elsewhere`, 2)
      return open.call(this, `${name} elsewhere`, 1)
    }
  },
  'IndexedDB opens and every transaction throws': () => {
    IDBDatabase.prototype.transaction = () => {
      throw new DOMException('The database connection is closing.', 'InvalidStateError')
    }
  },
} as const

for (const [how, block] of Object.entries(BLOCKED)) {
  test(`where ${how}, the upload runs and says that a reload would lose it`, async ({
    page,
    folder,
    harnessUrl,
    oss,
  }) => {
    await page.addInitScript(block)
    await page.goto(harnessUrl)
    const path = await chooseFile(page, folder)
    await startTask(page, { partSize: MIB })
    expect(await outcomeOfTask(page)).toEqual({ status: 'succeeded' })
    expect(await kept(page)).toEqual([false])
    expect(await sha256OfObject(oss, KEY)).toBe(await sha256OfFile(path))
  })
}

test('where IndexedDB is blocked the page still opens, and offers nothing', async ({
  page,
  demoUrl,
}) => {
  const errors: string[] = []
  page.on('pageerror', ({ message }) => errors.push(message))
  await page.addInitScript(BLOCKED['opening IndexedDB throws'])
  await page.goto(byHand(demoUrl))
  await expect(page.getByText(/^Bucket /)).toBeVisible()
  await expect(page.getByLabel('Choose files')).toBeEnabled()
  expect(errors).toEqual([])
})

test('where the database fails the page says so, and files can be chosen all the same', async ({
  page,
  demoUrl,
}) => {
  await page.addInitScript(BLOCKED['opening IndexedDB fails'])
  await page.goto(byHand(demoUrl))
  await expect(page.getByText('What is unfinished cannot be shown')).toBeAttached()
  await expect(page.getByLabel('Choose files')).toBeEnabled()
})

test('where storage is full, the upload runs and says that a reload would lose it', async ({
  page,
  folder,
  harnessUrl,
  oss,
}) => {
  await page.goto(harnessUrl)
  await fillStorage(page)
  const path = await chooseFile(page, folder)
  await startTask(page, { partSize: MIB })
  expect(await outcomeOfTask(page)).toEqual({ status: 'succeeded' })
  expect(await kept(page)).toEqual([false])
  expect(await sha256OfObject(oss, KEY)).toBe(await sha256OfFile(path))
})

test('in a private window the upload goes on after a reload, and another window knows nothing of it', async ({
  page,
  browser,
  folder,
  harnessDir,
  watched,
}) => {
  // Playwright's contexts are off the record: what they store is in memory and gone with them.
  await withHarness(watched, harnessDir, async (url) => {
    await page.goto(url)
    const path = await chooseFile(page, folder)
    const parts = watched.watch.hold('beforeCommit', isPartAfter(HELD))
    await startTask(page, { partSize: MIB })
    await parts.reached
    await expect.poll(() => recorded(page)).toEqual({ records: 1, parts: HELD })
    expect(await kept(page)).toEqual([false, true])

    const elsewhere = await browser.newContext()
    const other = await elsewhere.newPage()
    await other.goto(url)
    expect(await recorded(other)).toEqual({ records: 0, parts: 0 })
    await elsewhere.close()

    await page.reload()
    parts.drop()
    await chooseFile(page, folder)
    await startTask(page, {})
    expect(await outcomeOfTask(page)).toEqual({ status: 'succeeded' })
    // It is taken up, and there is nothing left to take up in the end.
    expect(await kept(page)).toEqual([false, true, false])
    expect(await sha256OfObject(watched.oss, KEY)).toBe(await sha256OfFile(path))
  })
})

for (const [how, loseStorage] of [
  ['fills up', fillStorage],
  [
    'is cleared, connections and all,',
    (page: Page) => page.evaluate(BLOCKED['IndexedDB opens and every transaction throws']),
  ],
] as const) {
  test(`storage that ${how} on the way does not stop the upload, and the state says so`, async ({
    page,
    folder,
    harnessDir,
    watched,
  }) => {
    await withHarness(watched, harnessDir, async (url) => {
      await page.goto(url)
      const path = await chooseFile(page, folder)
      const parts = watched.watch.hold('afterCommit', isPartAfter(HELD))
      await startTask(page, { partSize: MIB })
      await parts.reached
      await expect.poll(() => recorded(page)).toEqual({ records: 1, parts: HELD })
      await loseStorage(page)
      parts.drop()
      expect(await outcomeOfTask(page)).toEqual({ status: 'succeeded' })
      expect(await kept(page)).toEqual([false, true, false])
      expect(await sha256OfObject(watched.oss, KEY)).toBe(await sha256OfFile(path))
      expect(await uploadsOf(watched.oss, KEY)).toEqual([])
    })
  })
}

async function chooseFile(page: Page, folder: string): Promise<string> {
  const path = await writeFileOf(folder, NAME, SIZE)
  await page.getByLabel('Files').setInputFiles(path)
  return path
}

/** What the states said about a reload, one after the other. */
function kept(page: Page): Promise<boolean[]> {
  return page.evaluate(() =>
    window.states
      .map(({ canResumeAfterReload }) => canResumeAfterReload)
      .filter((value, index, all) => value !== all[index - 1]),
  )
}

/** From now on there is no room for anything more. */
async function fillStorage(page: Page): Promise<void> {
  const session = await devtools(page)
  const { origin } = new URL(page.url())
  // One byte: 0 would mean no bound.
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 })
}

async function withHarness(
  { oss }: Watched,
  harnessDir: string,
  story: (url: string) => Promise<void>,
): Promise<void> {
  const app = await startApp(oss, harnessDir)
  try {
    await story(app.url)
  } finally {
    await app.close()
  }
}
