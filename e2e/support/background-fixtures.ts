import { type BackgroundPage, backgroundPage, PART_SIZE } from './background-page.js'
import { writeFileOf } from './files.js'
import { test as base, expect } from './fixtures.js'
import { type HeldOss, startHeldOss } from './held-oss.js'
import { PREFIX, startApp } from './servers.js'

export const NAME = 'film.bin'
export const KEY = PREFIX + NAME
const PARTS = 20
export const SIZE = PARTS * PART_SIZE
export const ALL = Number.POSITIVE_INFINITY

/** Parts that come in before the line stands still. */
export const FIRST = 6

export const test = base.extend<{
  heldOss: HeldOss
  url: string
  path: string
  first: BackgroundPage
}>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs off this pattern.
  heldOss: async ({}, use) => {
    const oss = await startHeldOss(FIRST)
    await use(oss)
    await oss.close()
  },
  url: async ({ heldOss, harnessDir }, use) => {
    const app = await startApp(heldOss, harnessDir)
    await use(app.url)
    await app.close()
  },
  path: async ({ folder }, use) => use(await writeFileOf(folder, NAME, SIZE)),
  first: async ({ page, url }, use) => {
    const first = backgroundPage(page)
    await first.open(url)
    await use(first)
  },
})

/** Uploads until the line stands still, with the worker behind the page. */
export async function uploadFirstParts({ first, heldOss, path }: Half): Promise<void> {
  await first.upload(path)
  await expect.poll(() => heldOss.partsOf(KEY).length).toBe(FIRST)
  await expect.poll(first.locks).toEqual({ held: 1, pending: 1 })
}

interface Half {
  readonly first: BackgroundPage
  readonly heldOss: HeldOss
  readonly path: string
}
