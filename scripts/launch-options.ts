import { readFileSync } from 'node:fs'
import type { LaunchOptions } from '@playwright/test'

/** How to start the browser that ensure-browser.mjs found; before its first run, Playwright's own full build. */
export function readLaunchOptions(): LaunchOptions {
  try {
    const note = new URL('../node_modules/.cache/e2e-browser.json', import.meta.url)
    return JSON.parse(readFileSync(note, 'utf8')).options
  } catch {
    return { channel: 'chromium' }
  }
}
