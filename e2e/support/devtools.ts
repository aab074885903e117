import { type CDPSession, type Page, test } from '@playwright/test'

/** Chromium's own way to steer a page. In another browser the test that needs it is skipped, with that reason. */
export async function devtools(page: Page): Promise<CDPSession> {
  test.skip(!isChromium(page), 'needs what only Chromium’s protocol can do')
  return page.context().newCDPSession(page)
}

export function isChromium(page: Page): boolean {
  return (page.context().browser()?.browserType().name() ?? 'chromium') === 'chromium'
}
