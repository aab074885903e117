import { expect, type Page } from '@playwright/test'
import { demoPage } from './demo-page.js'
import { recordedParts } from './records.js'
import { type Hold, isPartAfter, type Watch } from './watch.js'

/**
 * Chooses a file on the demo page and waits until OSS and the page's record have that many parts of it; the next ones stand
 * at OSS's door until they are dropped.
 */
export async function uploadUpTo(
  held: number,
  { page, path, watch }: { readonly page: Page; readonly path: string; readonly watch: Watch },
): Promise<Hold> {
  const parts = watch.hold('beforeCommit', isPartAfter(held))
  await demoPage(page).choose(path)
  await parts.reached
  await expect.poll(() => recordedParts(page), { timeout: 60_000 }).toBe(held)
  return parts
}
