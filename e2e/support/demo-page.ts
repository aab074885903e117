import { expect, type Locator, type Page } from '@playwright/test'

/** The demo page as its user sees it. */
export function demoPage(page: Page) {
  const row = (name: string): Locator => page.getByRole('listitem').filter({ hasText: name })
  const fact = (name: string, term: string): Locator =>
    row(name).locator(`dt:text-is("${term}") + dd`)

  return {
    row,
    fact,
    async open(url: string): Promise<void> {
      await page.goto(url)
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
