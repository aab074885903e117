import type { CDPSession, Page } from '@playwright/test'
import { devtools, isChromium } from './devtools.js'
import { setLineSpeed } from './slow-line.js'

/** One for each page: of several, the browser would heed the strictest. */
const sessions = new WeakMap<Page, Promise<CDPSession>>()

/**
 * Slows the page's uploads: in Chromium inside the browser, before a byte reaches a socket; elsewhere where they arrive, so that
 * what the page believes to be sent is ahead of OSS by what sockets hold, and all pages share the speed told last.
 *
 * @param bytesPerSecond - `-1` for as fast as they go.
 */
export async function throttleUploads(page: Page, bytesPerSecond: number): Promise<void> {
  if (isChromium(page)) return throttleInBrowser(page, bytesPerSecond)
  setLineSpeed(bytesPerSecond)
  page.context().once('close', () => setLineSpeed(-1))
}

/** For tests that measure when the browser sends what, not what arrives. Only Chromium can be slowed like this. */
export async function throttleInBrowser(page: Page, bytesPerSecond: number): Promise<void> {
  const opening = sessions.get(page) ?? devtools(page)
  sessions.set(page, opening)
  const session = await opening
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  })
}
