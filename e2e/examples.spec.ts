import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from '@playwright/test'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { build } from 'vite'
import { pickerPage } from './picker/picker-page.js'
import { compileComponents } from './support/compile-components.js'
import { MIB, sha256OfFile, writeFileOf } from './support/files.js'
import { test as base, expect, sha256OfObject } from './support/fixtures.js'
import { PREFIX, startApp } from './support/servers.js'

const FRAMEWORKS = ['react', 'vue', 'svelte'] as const
type Framework = (typeof FRAMEWORKS)[number]

interface TestFixtures {
  /** Opens an example under the strict policy of the demo. */
  readonly open: (framework: Framework | 'rendered') => Promise<void>
}

const test = base.extend<TestFixtures, { readonly examplesDir: string }>({
  examplesDir: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs off this pattern.
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'oss-examples-'))
      for (const framework of FRAMEWORKS) {
        await build({
          root: `examples/${framework}`,
          configFile: 'vite.config.ts',
          mode: 'demo',
          logLevel: 'error',
          plugins: [compileComponents],
          // Vue makes a Trusted Types policy as it loads, wanted or not; the page's own policy does not name it.
          define: framework === 'vue' ? { 'window.trustedTypes': 'undefined' } : {},
          build: { outDir: join(folder, framework), emptyOutDir: true },
        })
      }
      await use(folder)
      await rm(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  open: async ({ page, oss, examplesDir }, use) => {
    const apps: { close(): Promise<void> }[] = []
    await use(async (framework) => {
      const app = await startApp(oss, join(examplesDir, framework))
      apps.push(app)
      await page.goto(app.url)
      await expect(pickerPage(page).button('Choose files')).toBeEnabled()
    })
    for (const app of apps) await app.close()
  },
})

for (const framework of FRAMEWORKS) {
  test(`in ${framework}, files are stored and listed by the page itself`, async ({
    page,
    oss,
    open,
    folder,
  }) => {
    const complaints = complaintsOf(page)
    const { choose, picker, row } = pickerPage(page)
    const stored = page.getByRole('list', { name: 'Stored' }).getByRole('listitem')
    const first = await writeFileOf(folder, `${framework}-1.bin`, MIB)
    const second = await writeFileOf(folder, `${framework}-2.bin`, 2 * MIB)
    const program = await writeFileOf(folder, `${framework}.exe`, 10)
    await open(framework)

    await choose(first, program)
    await expect(row(basename(program))).toContainText('Programs are not taken.')
    await expect(stored).toHaveText([keyOf(first)])

    // Taken out of the page and put there anew, it is another element.
    await page.getByRole('button', { name: 'Hide', exact: true }).click()
    await expect(picker).toHaveCount(0)
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await expect(picker.getByRole('listitem')).toHaveCount(0)
    await choose(second)
    await expect(stored).toHaveText([keyOf(first), keyOf(second)])

    for (const path of [first, second]) {
      expect(await sha256OfObject(oss, keyOf(path))).toBe(await sha256OfFile(path))
    }
    expect(complaints).toEqual([])
  })

  test(`in ${framework}, the page hears of a file that fails`, async ({ page, open, folder }) => {
    const complaints = complaintsOf(page)
    const { choose, picker } = pickerPage(page)
    await open(framework)
    // The credentials are not for it.
    await picker.evaluate((element) => element.setAttribute('key-prefix', 'u/someone-else/'))
    await choose(await writeFileOf(folder, 'failing.bin', 10))
    const failed = page.getByRole('list', { name: 'Failed' }).getByRole('listitem')
    await expect(failed).toHaveText(['failing.bin'])
    expect(complaints).toEqual([])
  })
}

test('in react, a page that a server has rendered takes files like any other', async ({
  page,
  open,
  examplesDir,
}, testInfo) => {
  const complaints = complaintsOf(page)
  const site = join(examplesDir, 'rendered')
  await cp(join(examplesDir, 'react'), site, { recursive: true })
  const bare = await readFile(join(site, 'index.html'), 'utf8')
  // Where the server's React is this one.
  const markup = await renderedByServer(testInfo.outputPath('server'))
  await writeFile(join(site, 'index.html'), bare.replace('<main id="app">', `$&${markup}`))
  await open('rendered')
  await page.evaluate(() => document.querySelector('oss-upload-picker')?.add([new File([], 'a')]))
  await expect(page.getByRole('list', { name: 'Stored' })).toHaveText(`${PREFIX}a`)
  expect(complaints).toEqual([])
})

/** The React example, on a server that has no elements. */
async function renderedByServer(outDir: string): Promise<string> {
  await build({
    root: 'examples/react',
    configFile: 'vite.config.ts',
    mode: 'demo',
    logLevel: 'error',
    build: { ssr: 'file-uploads.tsx', outDir, emptyOutDir: true },
  })
  const { FileUploads } = await import(pathToFileURL(join(outDir, 'file-uploads.js')).href)
  return renderToString(createElement(FileUploads, { keyPrefix: PREFIX }))
}

function keyOf(path: string): string {
  return PREFIX + basename(path)
}

/** What the page says on its console, breaches of its policy among it. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  return complaints
}
