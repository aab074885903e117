import { expect, type Locator, type Page } from '@playwright/test'

/** Where the page is that is built by hand: the picker's has the root. */
export function byHand(url: string): string {
  return new URL(`by-hand.html${new URL(url).search}`, url).href
}

/** The demo page that is built by hand, as its user sees it. */
export function demoPage(page: Page) {
  const row = (name: string): Locator => page.getByRole('listitem').filter({ hasText: name })
  const fact = (name: string, term: string): Locator =>
    row(name).locator(`dt:text-is("${term}") + dd`)

  return {
    row,
    fact,
    async open(url: string): Promise<void> {
      await page.goto(byHand(url))
      await expect(page.getByText(/^Bucket /)).toBeVisible()
    },
    async choose(...paths: string[]): Promise<void> {
      await page.getByLabel('Choose files').setInputFiles(paths)
    },
    async expectStored(name: string, timeout = 30_000): Promise<void> {
      await expect(row(name).getByText('Verified')).toBeVisible({ timeout })
    },
  }
}
