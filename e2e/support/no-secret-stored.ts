import { type BrowserContext, expect, type Page } from '@playwright/test'
import { isChromium } from './devtools.js'
import { handedOutSecrets } from './servers.js'
import { readStoredText, type StoredText, type Whose } from './stored-text.js'

/** Fails when the page's origin keeps any credential a local STS of this run handed out, or anything that looks like one. */
export async function expectNoSecretStored(page: Page): Promise<void> {
  // A page that never left the blank one, or failed to load, has an origin without any store.
  if (page.isClosed() || !/^https?:/.test(page.url())) return
  const texts = await storedTexts(page)
  const secrets = handedOutSecrets()
  const places = texts
    .filter(([, text]) => /\bSTS\.\w/.test(text) || secrets.some((secret) => text.includes(secret)))
    .map(([place]) => place)
  // The places alone: a report is no place for a credential either.
  expect(places, `credentials kept by ${new URL(page.url()).origin}`).toEqual([])
}

export async function expectNoSecretIn(contexts: readonly BrowserContext[]): Promise<void> {
  for (const page of contexts.flatMap((context) => context.pages())) {
    await expectNoSecretStored(page)
  }
}

/** Read from a world of its own: what a test did to the page's IndexedDB does not reach there. */
async function storedTexts(page: Page): Promise<StoredText[]> {
  if (!isChromium(page)) return storedTextsByTab(page)
  const session = await page.context().newCDPSession(page)
  const { frameTree } = await session.send('Page.getFrameTree')
  const { executionContextId } = await session.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
  })
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    // esbuild, where it runs this file, wraps each function in a helper that the page does not have.
    expression: `var __name = (f) => f; (${readStoredText})()`,
    contextId: executionContextId,
    awaitPromise: true,
    returnByValue: true,
  })
  await session.detach()
  if (exceptionDetails) {
    throw new Error(
      `The stores of ${new URL(page.url()).origin} could not be read: ${result.description}`,
    )
  }
  return result.value
}

/** What pages share from a tab of its own, without a server: what a test did to the page does not reach there either. */
async function storedTextsByTab(page: Page): Promise<StoredText[]> {
  const own = await page.evaluate<StoredText[], Whose>(readStoredText, 'own')
  const tab = await page.context().newPage()
  await tab.route('**', (route) => route.fulfill({ contentType: 'text/html', body: '' }))
  await tab.goto(page.url())
  const shared = await tab.evaluate<StoredText[], Whose>(readStoredText, 'shared')
  await tab.close()
  return [...own, ...shared]
}
