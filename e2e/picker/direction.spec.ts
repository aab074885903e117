import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.js'
import { pickerPage } from './picker-page.js'

const LONG = 'שנה '.repeat(60)
const NAMES = [
  'plain.txt',
  'דוח.pdf',
  'صورة العائلة.jpg',
  `${LONG}ahead.pdf`,
  `${'year '.repeat(60)}.tar.gz`,
]

async function showNames(page: Page, names: readonly string[]): Promise<void> {
  await page.evaluate(
    (names) => window.picker.add(names.map((name) => new File(['x'], name))),
    names,
  )
  await expect(pickerPage(page).rows.filter({ hasText: 'Uploaded' })).toHaveCount(names.length)
}

/** How far the letters of each name begin from its picture, and whether they end before the buttons; pixels. */
function placesOfNames(page: Page, direction: 'ltr' | 'rtl'): Promise<[number, boolean][]> {
  return pickerPage(page).rows.evaluateAll(
    (rows, direction) =>
      rows.map((row) => {
        const boxesOf = (selector: string) =>
          [...row.querySelectorAll(selector)].map((element) => element.getBoundingClientRect())
        const left = (selector: string) => Math.min(...boxesOf(selector).map((box) => box.left))
        const right = (selector: string) => Math.max(...boxesOf(selector).map((box) => box.right))
        const [gap, isBeforeButtons] =
          direction === 'ltr'
            ? [left('.name span') - right('.picture'), right('.name span') <= left('.actions')]
            : [left('.picture') - right('.name span'), left('.name span') >= right('.actions')]
        // Of boxes that Firefox measures in single precision.
        return [Math.round(gap * 1000) / 1000, isBeforeButtons]
      }),
    direction,
  )
}

for (const [name, direction] of [
  ['plain', 'ltr'],
  ['rtl', 'rtl'],
] as const) {
  test(`names of both directions stand beside their pictures where the page is ${direction}`, async ({
    page,
    pagesUrl,
  }) => {
    await page.goto(`${pagesUrl}/${name}.html`)
    await showNames(page, NAMES)
    expect(await placesOfNames(page, direction)).toEqual(NAMES.map(() => [12, true]))
    // A long one still shows its end.
    const ends = pickerPage(page)
      .rows.filter({ hasText: /year|שנה/ })
      .locator('.name span:last-child')
    for (const end of await ends.all()) await expect(end).toBeInViewport({ ratio: 1 })
    await expect(ends).toHaveCount(2)
  })
}

test('English sentences keep their full stop at the end, on a page from right to left', async ({
  page,
  pagesUrl,
}) => {
  await page.goto(`${pagesUrl}/rtl.html?max-size=1`)
  await page.evaluate(() => window.picker.add([new File(['xx'], 'a.txt')]))
  const reason = pickerPage(page).row('a.txt').locator('[part=status]')
  await expect(reason).toHaveText(/^Too large.*\.$/)
  const [start, end] = await reason.evaluate((element) => {
    const letters = element.firstChild as Text
    return [0, letters.length - 1].map((at) => {
      const range = document.createRange()
      range.setStart(letters, at)
      range.setEnd(letters, at + 1)
      return range.getBoundingClientRect().left
    })
  })
  expect(end).toBeGreaterThan(start ?? 0)
})

test('a name that would turn its letters around is shown as it is, and keeps its key', async ({
  page,
  pagesUrl,
}) => {
  const name = 'photo\u202Egpj.exe'
  await page.goto(`${pagesUrl}/plain.html`)
  await page.evaluate(() => {
    window.picker.linkFor = ({ key }) => `/files/${encodeURIComponent(key)}`
  })
  await showNames(page, [name])
  const { row, button, picker } = pickerPage(page)
  await expect(row('photogpj.exe').locator('[part=thumbnail]')).toHaveText('EXE')
  await expect(button('Remove photogpj.exe')).toHaveAttribute('title', 'Remove photogpj.exe')
  await expect(picker.getByRole('link', { name: 'Open photogpj.exe' })).toBeVisible()
  await expect(picker.locator('bdi')).toHaveAttribute('title', 'photogpj.exe')
  expect(await page.evaluate(() => window.picker.value[0])).toMatch(new RegExp(`${name}$`))
})
