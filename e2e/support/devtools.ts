import { type CDPSession, type Page, test } from '@playwright/test'

/** Chromium's own way to steer a page. In another browser the test that needs it is skipped, with that reason. */
export async function devtools(page: Page): Promise<CDPSession> {
  // Programs that are no test steer Chromium as well.
  if (!isChromium(page)) test.skip(true, 'needs what only Chromium’s protocol can do')
  return page.context().newCDPSession(page)
}

export function isChromium(page: Page): boolean {
  return (page.context().browser()?.browserType().name() ?? 'chromium') === 'chromium'
}
