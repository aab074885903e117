import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { test as base } from '../support/fixtures.js'
import { startApp } from '../support/servers.js'

/** The pages of `pages/` on the local OSS, under the strict policy of the demo. */
export const test = base.extend<object, { readonly pagesDir: string; readonly pagesUrl: string }>({
  pagesDir: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs off this pattern.
    async ({}, use) => {
      const outDir = await mkdtemp(join(tmpdir(), 'oss-picker-'))
      await build({
        root: 'e2e/picker/pages',
        configFile: 'vite.config.ts',
        mode: 'demo',
        logLevel: 'error',
        build: { outDir, emptyOutDir: true },
      })
      await use(outDir)
      await rm(outDir, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  pagesUrl: [
    async ({ oss, pagesDir }, use) => {
      const app = await startApp(oss, pagesDir)
      await use(app.url)
      await app.close()
    },
    { scope: 'worker' },
  ],
})

export { expect } from '../support/fixtures.js'
