import { withBuiltPages } from '../support/built-pages.js'
import { test as base } from '../support/fixtures.js'
import { startApp } from '../support/servers.js'

/** The pages of `pages/` on the local OSS, under the strict policy of the demo. */
export const test = base.extend<object, { readonly pagesDir: string; readonly pagesUrl: string }>({
  pagesDir: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs off this pattern.
    ({}, use) => withBuiltPages('e2e/picker/pages', use),
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
