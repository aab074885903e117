import { type BrowserContext, expect, type Page } from '@playwright/test'
import { handedOutSecrets } from './servers.js'
import { readStoredText } from './stored-text.js'

/** Fails when the page's origin keeps any credential a local STS of this run handed out, or anything that looks like one. */
export async function expectNoSecretStored(page: Page): Promise<void> {
  // A page that never left the blank one, or failed to load, has an origin without any store.
  if (page.isClosed() || !/^https?:/.test(page.url())) return
  const texts = await page.evaluate(readStoredText)
  const secrets = handedOutSecrets()
  const places = texts
    .filter(([, text]) => /\bSTS\.\w/.test(text) || secrets.some((secret) => text.includes(secret)))
    .map(([place]) => place)
  // The places alone: a report is no place for a credential either.
  expect(places, `credentials kept by ${page.url()}`).toEqual([])
}

export async function expectNoSecretIn(contexts: readonly BrowserContext[]): Promise<void> {
  for (const page of contexts.flatMap((context) => context.pages())) {
    await expectNoSecretStored(page)
  }
}
