import type { Page } from '@playwright/test'
import { MIB } from '../support/files.js'
import { throttleUploads } from '../support/throttle.js'
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

test('where a page asks how narrow it can be, it takes no more room than there is', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/plain.html`)
  await expect(pickerPage(page).button('Choose files')).toBeVisible()
  // Fieldsets, and what is in a flex or grid layout, are never narrower than what is in them.
  await page.evaluate(() => {
    const fieldset = document.createElement('fieldset')
    window.picker.replaceWith(fieldset)
    fieldset.append(window.picker)
  })
  await page.setViewportSize({ width: 320, height: 600 })
  for (const rules of ['', 'body { display: flex }', 'body { display: grid }']) {
    await dress(page, rules)
    expect(await page.evaluate(() => document.documentElement.scrollWidth), rules).toBe(320)
  }
  await page.setViewportSize({ width: 1280, height: 600 })
  await dress(page, 'body { inline-size: 300px }')
  expect(
    await page.evaluate(() => document.querySelector('fieldset')?.offsetWidth),
  ).toBeLessThanOrEqual(300)
})

test('long words on the buttons leave the summary its room', async ({ page, pagesUrl }) => {
  await page.goto(`${pagesUrl}/plain.html`)
  await throttleUploads(page, MIB)
  await page.evaluate((size) => {
    window.picker.messages = {
      pauseAll: 'Alle Übertragungen anhalten',
      resumeAll: 'Alle Übertragungen fortsetzen',
      clearDone: 'Fertige entfernen',
    }
    const files = ['b.bin', 'c.bin'].map((name) => new File([new Uint8Array(size)], name))
    return window.picker.add([new File([], 'a.bin'), ...files])
  }, 20 * MIB)
  const { row, button } = pickerPage(page)
  await expect(row('a.bin')).toContainText('Uploaded')
  await button('Pause b.bin').click()
  await expect(button(/^Alle|^Fertige/)).toHaveCount(3)
  for (const width of [900, 700, 520, 440, 320]) {
    await page.setViewportSize({ width, height: 600 })
    const summary = await pickerPage(page).picker.locator('[part=summary]').boundingBox()
    expect(summary?.height, `at ${width} px`).toBeLessThan(30)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
  }
})
