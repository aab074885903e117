import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { chromium } from '@playwright/test'
import { readLaunchOptions } from '../../scripts/launch-options.js'
import { type Cdp, connectCdp } from './cdp.js'

export interface Chromium {
  readonly cdp: Cdp
  readonly pid: number
  readonly version: string
  readonly close: () => Promise<void>
}

/** Nothing in the background, and no page slowed down because nobody looks at it. */
const ARGS = [
  '--headless=new',
  '--remote-debugging-pipe',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-sync',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  // The renderer kept in reserve would be counted as the page's.
  '--disable-features=SpareRendererForSitePerProcess,OptimizationHints,OptimizationGuideOnDeviceModel,Translate,MediaRouter,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup',
  '--password-store=basic',
  '--use-mock-keychain',
  '--mute-audio',
]

/**
 * Starts the browser that the browser tests use. Not by Playwright: that watches the network, and then the browser copies every
 * body for it, which costs more than the upload.
 *
 * @param profile - A folder, because in a private window IndexedDB is in memory.
 */
export async function launchChromium(profile: string): Promise<Chromium> {
  const isRoot = process.getuid?.() === 0
  const args = [...ARGS, ...(isRoot ? ['--no-sandbox'] : []), `--user-data-dir=${profile}`]
  const browser = spawn(await executable(), [...args, '--no-startup-window'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  await once(browser, 'spawn')
  const exited = once(browser, 'exit')
  const [, , , input, output] = browser.stdio
  const cdp = connectCdp(output as Readable, input as Writable)
  const { product } = await cdp.session()('Browser.getVersion')
  return {
    cdp,
    pid: browser.pid ?? 0,
    version: product.replace(/^.*\//, ''),
    async close() {
      await cdp
        .session()('Browser.close')
        .catch(() => {})
      const timer = setTimeout(() => browser.kill('SIGKILL'), 5_000)
      await exited
      clearTimeout(timer)
    },
  }
}

/** Where a channel's browser is, only Playwright knows. */
async function executable(): Promise<string> {
  const options = readLaunchOptions()
  if (options.executablePath) return options.executablePath
  const server = await chromium.launchServer(options)
  const { spawnfile } = server.process()
  await server.close()
  return spawnfile
}
