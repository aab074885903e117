import type { Page } from '@playwright/test'

/** The page's way to the network. One session sets all of it: what two say of one page is at odds. */
export interface Line {
  readonly slow: (bytesPerSecond: number) => Promise<void>
  readonly cut: () => Promise<void>
}

export async function createLine(page: Page): Promise<Line> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  const set = async (offline: boolean, uploadThroughput: number) => {
    const conditions = { offline, latency: 0, downloadThroughput: -1, uploadThroughput }
    await session.send('Network.emulateNetworkConditions', conditions)
  }
  return { slow: (bytesPerSecond) => set(false, bytesPerSecond), cut: () => set(true, -1) }
}
