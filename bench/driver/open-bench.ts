import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sirv from 'sirv'
import { build } from 'vite'
import { type Chromium, launchChromium } from './chromium.js'
import { openTab, type Tab } from './tab.js'

export interface Bench {
  readonly chromium: Chromium
  /** For files and the like; removed at the end. */
  readonly folder: string
  /** A tab of its own for each measurement: a new process, with nothing left over. */
  readonly openTab: () => Promise<Tab>
  readonly close: () => Promise<void>
}

/** Builds the page with all the clients, serves it, and starts a browser. */
export async function openBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-bench-'))
  const outDir = join(folder, 'page')
  await build({
    root: join(import.meta.dirname, '../page'),
    configFile: join(import.meta.dirname, '../../vite.config.ts'),
    mode: 'demo',
    logLevel: 'error',
    build: { outDir, emptyOutDir: true },
  })
  const files = sirv(outDir)
  const server = createServer((request, response) => files(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`
  const chromium = await launchChromium(join(folder, 'profile'))
  return {
    chromium,
    folder,
    openTab: () => openTab(chromium, url),
    async close() {
      await chromium.close()
      server.closeAllConnections()
      server.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
