import {
  bundleWithEsbuild,
  bundleWithVite,
  type Consumer,
  checkTypes,
  installConsumer,
  runNode,
} from './package/consumer.js'
import { probeHashing } from './package/hashing-probe.js'
import { sharedWorkers } from './support/background-page.js'
import { MIB, sha256OfFile, writeFileOf } from './support/files.js'
import { test as base, expect, sha256OfObject } from './support/fixtures.js'
import { PREFIX, startApp } from './support/servers.js'

interface TestFixtures {
  /** Serves a folder of built files as the demo's page is served, under its policy. */
  readonly serve: (folder: string) => Promise<string>
}

const test = base.extend<TestFixtures, { readonly consumer: Consumer }>({
  consumer: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs off this pattern.
    async ({}, use) => {
      const consumer = await installConsumer()
      await use(consumer)
      await consumer.remove()
    },
    { scope: 'worker' },
  ],
  serve: async ({ oss }, use) => {
    const apps: { close(): Promise<void> }[] = []
    await use(async (folder) => {
      const app = await startApp(oss, folder)
      apps.push(app)
      return app.url
    })
    for (const app of apps) await app.close()
  },
})

/** Two rounds: two parts for each connection, the later one smaller. */
const SIZE = 20 * MIB
const PARTS = 12

test('the package holds what its users need and nothing else', ({ consumer: { packed } }) => {
  const needed = [
    'package.json',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/core.js',
    'dist/page-multipart.js',
    'dist/assets/background-worker.js',
    'dist/assets/hash-worker.js',
    'dist/picker/define.js',
    'dist/picker/oss-upload-picker.js',
    'custom-elements.json',
  ].filter((path) => !packed.includes(path))
  expect(needed).toEqual([])

  const known =
    /^(package\.json|custom-elements\.json|README\.md|LICENSE|dist\/(index|core|page-multipart|messages-zh|oss-upload-picker|picker\/[\w-]+|assets\/[\w-]+)\.js)$/
  const declarations = /^dist\/(?!testing\/)[\w/-]+\.d\.ts$/
  const surprises = packed.filter((path) => !known.test(path) && !declarations.test(path))
  expect(surprises).toEqual([])
})

test('its types hold in an app that checks the declarations too', async ({ consumer }) => {
  await checkTypes(consumer.folder)
})

test('importing it outside a browser does nothing', async ({ consumer }) => {
  const script = `
    const names = () => Object.getOwnPropertyNames(globalThis)
    const before = names()
    const { createUploader } = await import('oss-direct-upload')
    await import('oss-direct-upload/picker')
    await import('oss-direct-upload/picker/define')
    const added = names().filter((name) => !before.includes(name))
    console.log(JSON.stringify({ createUploader: typeof createUploader, added }))
  `
  const printed = await runNode(consumer.folder, '--input-type=module', '--eval', script)
  expect(JSON.parse(printed)).toEqual({ createUploader: 'function', added: [] })
})

test('an app built by Vite uploads, and its worker verifies each part', async ({
  page,
  oss,
  consumer,
  serve,
  folder,
}) => {
  const path = await writeFileOf(folder, 'vite.bin', SIZE)
  const hashing = await probeHashing(page)
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  const url = await serve(await bundleWithVite(consumer.folder))
  await page.goto(url)

  const started = page.waitForEvent('worker', { timeout: 10_000 })
  await page.getByLabel('File').setInputFiles(path)
  expect((await started).url()).toMatch(`${url}/assets/hash-worker-`)

  await expect(page.getByText(`Verified: ${PREFIX}vite.bin`)).toBeVisible({ timeout: 20_000 })
  expect(await hashing()).toEqual({ started: 1, answers: PARTS, violations: [] })
  expect(complaints).toEqual([])
  expect(await sha256OfObject(oss, `${PREFIX}vite.bin`)).toBe(await sha256OfFile(path))
  const sent = oss.requests.filter(({ key }) => key === `${PREFIX}vite.bin`)
  expect(sent.filter(({ operation }) => operation === 'UploadPart')).toHaveLength(PARTS)
})

test('an app built by Vite has uploads go on in the background', async ({
  page,
  oss,
  browser,
  consumer,
  serve,
  folder,
}) => {
  const path = await writeFileOf(folder, 'background.bin', SIZE)
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  const url = await serve(await bundleWithVite(consumer.folder))
  await page.goto(`${url}/?background`)
  await page.getByLabel('File').setInputFiles(path)
  await expect
    .poll(() => sharedWorkers(browser))
    .toContainEqual(expect.stringContaining(`${url}/assets/background-worker-`))
  await expect(page.getByText(`Verified: ${PREFIX}background.bin`)).toBeVisible({ timeout: 20_000 })
  expect(complaints).toEqual([])
  expect(await sha256OfObject(oss, `${PREFIX}background.bin`)).toBe(await sha256OfFile(path))
})

for (const kind of ['module', 'classic'] as const) {
  test(`without the worker's file, a ${kind} script verifies on the page's own thread`, async ({
    page,
    oss,
    consumer,
    serve,
    folder,
  }) => {
    const name = `${kind}.bin`
    const path = await writeFileOf(folder, name, SIZE)
    const hashing = await probeHashing(page)
    // Nor is there one for the background: the upload runs in the page as if none were wanted.
    await page.goto(`${await serve(await bundleWithEsbuild(consumer.folder, kind))}/?background`)
    await page.getByLabel('File').setInputFiles(path)

    await expect(page.getByText(`Verified: ${PREFIX}${name}`)).toBeVisible({ timeout: 20_000 })
    // A classic script cannot know where to look for the file, so it does not even try.
    const started = kind === 'module' ? 1 : 0
    expect(await hashing()).toEqual({ started, answers: 0, violations: [] })
    expect(page.workers()).toEqual([])
    expect(await sha256OfObject(oss, PREFIX + name)).toBe(await sha256OfFile(path))
  })
}
