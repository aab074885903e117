import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.js'
import { pickerPage } from './picker-page.js'

/** Pages that ask an element how wide it wants to be, where others tell it. */
const LAYOUTS = [
  'body { display: flex; justify-content: center }',
  'body { display: flex; flex-direction: column; align-items: center }',
  'body { display: grid; place-items: center }',
  'body { inline-size: fit-content }',
  'oss-upload-picker { display: inline-block }',
  'oss-upload-picker { float: left }',
  'oss-upload-picker { position: absolute }',
]

function dress(page: Page, rules: string): Promise<void> {
  return page.evaluate((rules) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(rules)
    document.adoptedStyleSheets = [sheet]
  }, rules)
}

test('where a page asks how wide it wants to be, its words and buttons have room', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/plain.html`)
  await expect(pickerPage(page).button('Choose files')).toBeVisible()
  for (const [width, least] of [
    [1280, 400],
    [320, 280],
  ] as const) {
    await page.setViewportSize({ width, height: 600 })
    for (const rules of LAYOUTS) {
      await dress(page, rules)
      const seen = await page.evaluate(() => [
        window.picker.offsetWidth,
        document.documentElement.scrollWidth,
      ])
      expect(seen, rules).toEqual([expect.any(Number), width])
      expect(seen[0], rules).toBeGreaterThan(least)
    }
  }
})
