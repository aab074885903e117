import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { readLaunchOptions } from './launch-options.js'
import { startDemo } from './run-demo.js'

/** Makes docs/demo.png: the built demo page in a real browser, with files really on their way to the local OSS. */
const MB = 1_000_000
const FILES = [
  ['contract.pdf', 0.3 * MB],
  ['发票 2026.png', 1.5 * MB],
  ['Summer in Hangzhou.mp4', 40 * MB],
] as const

const folder = await mkdtemp(join(tmpdir(), 'oss-pictures-'))
const demo = await startDemo({
  dataDir: join(folder, 'objects'),
  staticDir: '.demo-dist',
  envFile: join(folder, 'no.env'),
})
const browser = await chromium.launch(readLaunchOptions())
try {
  const page = await browser.newPage({
    viewport: { width: 900, height: 700 },
    deviceScaleFactor: 2,
  })
  await page.goto(demo.facts.find(([name]) => name === 'Page')?.[1] ?? '')
  await page.getByText(/^Bucket /).waitFor()
  const session = await page.context().newCDPSession(page)
  for (const [name, size] of FILES) {
    const path = join(folder, name)
    await writeFile(path, Buffer.alloc(size, name))
    if (size < 10 * MB) {
      await page.getByLabel('Choose files').setInputFiles(path)
      await page.getByRole('listitem').filter({ hasText: name }).getByText('Verified').waitFor()
      continue
    }
    await session.send('Network.enable')
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: 9 * MB,
    })
    await page.getByLabel('Choose files').setInputFiles(path)
    await page.waitForFunction(() => {
      const bar = document.querySelector('progress')
      return bar !== null && bar.value / bar.max > 0.6
    })
  }
  await page.screenshot({ path: 'docs/demo.png', fullPage: true })
} finally {
  await browser.close()
  await demo.close()
  await rm(folder, { recursive: true, force: true })
}
