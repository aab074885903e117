import type { OssServer } from '../../demo/oss-server/server.js'
import { test as base } from '../support/fixtures.js'
import { startApp } from '../support/servers.js'
import { type Credentials, openSdkPage, writeSdkSite } from './sdk-page.js'

/** The smallest part OSS takes. */
export const PART = 102_400

interface TestFixtures {
  /** Opens a page with the vendor's SDK, on an app server that belongs to this OSS. */
  readonly openSdk: (oss: OssServer) => Promise<void>
}

export const test = base.extend<TestFixtures>({
  openSdk: async ({ page, folder }, use) => {
    await writeSdkSite(folder)
    const apps: { close(): Promise<void> }[] = []
    await use(async (oss) => {
      const app = await startApp(oss, folder)
      apps.push(app)
      await openSdkPage(page, app.url, oss)
    })
    for (const app of apps) await app.close()
  },
})

/** Adds a key to the ring; it may do everything. */
export function addKey(oss: OssServer, expiresAt = Number.POSITIVE_INFINITY): Credentials {
  const key = {
    accessKeyId: `STS.${expiresAt}`,
    accessKeySecret: 'secret of an administrator',
    securityToken: 'CAIS/administrator+token==',
  }
  oss.keys.add({ ...key, policies: [], expiresAt })
  return key
}
