import type { CDPSession, Page } from '@playwright/test'
import { devtools } from './devtools.js'

/** One for each page: of several, the browser would heed the strictest. */
const sessions = new WeakMap<Page, Promise<CDPSession>>()

/**
 * Slows the page's uploads inside the browser, before a byte reaches a socket.
 *
 * @param bytesPerSecond - `-1` for as fast as they go.
 */
export async function throttleUploads(page: Page, bytesPerSecond: number): Promise<void> {
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
