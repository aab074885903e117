import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type { Page } from '@playwright/test'

const FACES = createRequire(import.meta.url).resolve('@fontsource-variable/noto-sans-sc/index.css')
const FILES = 'https://letters.test/'

/** Latin and Chinese letters that are the same on every machine. The page must have been opened without its policy. */
export async function giveSameLetters(page: Page): Promise<void> {
  await page.route(`${FILES}*`, (route) =>
    route.fulfill({
      path: join(dirname(FACES), 'files', basename(route.request().url())),
      headers: { 'Access-Control-Allow-Origin': '*' },
    }),
  )
  const faces = (await readFile(FACES, 'utf8')).replaceAll('./files/', FILES)
  await page.addStyleTag({
    content: `${faces} html body { font-family: 'Noto Sans SC Variable' !important }`,
  })
}

/** Until every letter that is shown has its face. */
export async function lettersAreThere(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // What is to be loaded is known once it is laid out.
    document.body.getBoundingClientRect()
    await document.fonts.ready
  })
}
