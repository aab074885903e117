import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { demoPage } from '../../e2e/support/demo-page.js'
import { throttleUploads } from '../../e2e/support/throttle.js'
import type { Studio } from './studio.js'

const MB = 1_000_000
const SMALL = [
  ['contract.pdf', 0.3 * MB],
  ['发票 2026.png', 1.5 * MB],
] as const
const FILM = ['Summer in Hangzhou.mp4', 40 * MB] as const

/** Makes docs/demo.png: the page built by hand, with files really on their way to the local OSS. */
export async function takeByHand({ browser, url, folder }: Studio): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: 900, height: 700 },
    deviceScaleFactor: 2,
  })
  try {
    const { open, choose, row } = demoPage(page)
    await open(url)
    const chooseNew = async ([name, size]: readonly [string, number]) => {
      const path = join(folder, name)
      await writeFile(path, Buffer.alloc(size, name))
      await choose(path)
    }
    for (const file of SMALL) {
      await chooseNew(file)
      await row(file[0]).getByText('Verified').waitFor()
    }
    await throttleUploads(page, 9 * MB)
    await chooseNew(FILM)
    await page.waitForFunction(() => {
      const bar = document.querySelector('progress')
      return bar !== null && bar.value / bar.max > 0.6
    })
    await page.screenshot({ path: 'docs/demo.png', fullPage: true })
  } finally {
    await page.close()
  }
}
