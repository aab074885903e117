import { chromium } from '@playwright/test'
import { readLaunchOptions } from '../scripts/launch-options.js'
import { demoPage } from './support/demo-page.js'
import { MIB, writeFileOf } from './support/files.js'
import { test } from './support/fixtures.js'

test('a file is verified whatever the hash worker’s memory is cleared of while it reads', async ({
  demoUrl,
  folder,
}) => {
  const options = readLaunchOptions()
  const args = [...(options.args ?? []), '--js-flags=--expose-gc']
  const browser = await chromium.launch({ ...options, args })
  try {
    const page = await browser.newPage()
    const demo = demoPage(page)
    await demo.open(demoUrl)
    const started = page.waitForEvent('worker')
    await demo.choose(await writeFileOf(folder, 'film.bin', 256 * MIB))
    const worker = await started
    const isStored = demo.expectStored('film.bin').then(() => true)
    let isOver = false
    const over = () => {
      isOver = true
    }
    isStored.then(over, over)
    while (!isOver) {
      // The worker ends when it has nothing to do for long; then all is read.
      await worker.evaluate(() => (globalThis as unknown as { gc(): void }).gc()).catch(() => {})
    }
    await isStored
  } finally {
    await browser.close()
  }
})
