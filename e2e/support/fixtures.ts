import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import type { OssServer } from '../../demo/oss-server/server.js'
import { withBuiltPages } from './built-pages.js'
import { sha256Of } from './files.js'
import { expectNoSecretIn } from './no-secret-stored.js'
import { startApp, startOss } from './servers.js'
import { createWatch, type Watch } from './watch.js'

interface TestFixtures {
  /** A folder of this test's own, for files to upload. */
  readonly folder: string
  /** A page that has the library and nothing else, under the strict policy of the demo. */
  readonly harness: Page
  /** A local OSS of this test's own that can be watched and held up, and the demo page on it. */
  readonly watched: Watched
  /** After every test: no page that is still open keeps a credential. */
  readonly noSecretStored: undefined
}

export interface Watched {
  readonly oss: OssServer
  readonly watch: Watch
  readonly demoUrl: string
}

interface WorkerFixtures {
  readonly oss: OssServer
  /** The demo page's address. */
  readonly demoUrl: string
  readonly harnessDir: string
  readonly harnessUrl: string
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  oss: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs off this pattern.
    async ({}, use) => {
      const oss = await startOss()
      await use(oss)
      await oss.close()
    },
    { scope: 'worker' },
  ],
  demoUrl: [
    async ({ oss }, use) => {
      const app = await startApp(oss, '.demo-dist')
      await use(app.url)
      await app.close()
    },
    { scope: 'worker' },
  ],
  harnessDir: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    ({}, use) => withBuiltPages('e2e/harness', use),
    { scope: 'worker' },
  ],
  harnessUrl: [
    async ({ oss, harnessDir }, use) => {
      const app = await startApp(oss, harnessDir)
      await use(app.url)
      await app.close()
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'oss-files-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  watched: async ({}, use) => {
    const watch = createWatch()
    const oss = await startOss({ faults: watch.faults })
    const app = await startApp(oss, '.demo-dist')
    await use({ oss, watch, demoUrl: app.url })
    await app.close()
    await oss.close()
  },
  noSecretStored: [
    // With `context` among what it needs it ends before the pages are closed.
    async ({ context: _context, browser }, use) => {
      await use(undefined)
      await expectNoSecretIn(browser.contexts())
    },
    { auto: true },
  ],
  harness: async ({ page, harnessUrl }, use) => {
    await page.goto(harnessUrl)
    await use(page)
  },
})

export { expect } from '@playwright/test'

/** SHA-256 of what the server stored. */
export async function sha256OfObject(oss: OssServer, key: string): Promise<string> {
  const object = await oss.readObject(key)
  if (!object) throw new Error(`There is no object ${key}.`)
  return sha256Of(object.stream())
}

/** Unfinished uploads of a key. Other tests of the same worker may have left some of other keys. */
export async function uploadsOf(oss: OssServer, key: string): Promise<string[]> {
  const uploads = await oss.listUploads()
  return uploads.filter((upload) => upload.key === key).map(({ uploadId }) => uploadId)
}
