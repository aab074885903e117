import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import { build } from 'vite'
import type { OssServer } from '../../demo/oss-server/server.js'
import { readLaunchOptions } from '../../scripts/launch-options.js'
import { writeSdkSite } from '../ali-oss/sdk-page.js'
import { MIB, sha256Of, sha256OfFile, writeFileOf } from '../support/files.js'
import { startApp, startOss } from '../support/servers.js'
import { type Client, clients, type Said } from './clients.js'
import { type Scenario, type Surroundings, scenarios } from './scenarios.js'

/**
 * `npm run compare:faults` brings the same faults upon ali-oss and upon this library, in the same Chromium, and prints what
 * became of the objects. `-- --only TEXT` runs the scenarios that have it in their name.
 */
const HUNG_AFTER_MS = 200_000
const SIZE = 6 * MIB + 17
const KEY = 'compared.bin'

interface Outcome {
  readonly verdict: 'survived' | 'SILENTLY WRONG' | 'failed' | 'HUNG'
  readonly words: string
}

const only = process.argv[process.argv.indexOf('--only') + 1] ?? ''
const isAll = !process.argv.includes('--only')
const sites = await mkdtemp(join(tmpdir(), 'oss-compare-'))
const sdkSite = join(sites, 'sdk')
const harness = join(sites, 'harness')
let browser: Browser | undefined
try {
  await build({
    root: 'e2e/harness',
    configFile: 'vite.config.ts',
    mode: 'demo',
    logLevel: 'error',
    build: { outDir: harness, emptyOutDir: true },
  })
  await mkdir(sdkSite)
  await writeSdkSite(sdkSite)
  browser = await chromium.launch(readLaunchOptions())
  console.log(`Chromium ${browser.version()}, ${SIZE} bytes in parts of 1 MiB, 2 at a time\n`)
  console.log(`| fault | ${clients.aliOss.name} | ${clients.library.name} |\n| --- | --- | --- |`)
  const counts = new Map<string, number>()
  for (const scenario of scenarios.filter(({ name }) => isAll || name.includes(only))) {
    const theirs = await run(browser, scenario, clients.aliOss, sdkSite)
    const ours = await run(browser, scenario, clients.library, harness)
    console.log(`| ${scenario.name} | ${cell(theirs)} | ${cell(ours)} |`)
    for (const [client, { verdict }] of [
      [clients.aliOss, theirs],
      [clients.library, ours],
    ] as const) {
      const count = `${client.name} ${verdict}`
      counts.set(count, (counts.get(count) ?? 0) + 1)
    }
  }
  console.log(`\n${[...counts].map(([what, count]) => `${what}: ${count}`).join('; ')}`)
} finally {
  await browser?.close()
  await rm(sites, { recursive: true, force: true })
}

function cell({ verdict, words }: Outcome): string {
  return `**${verdict}** ${words.replaceAll('|', '/').slice(0, 160)}`.trim()
}

async function run(
  browser: Browser,
  scenario: Scenario,
  client: Client,
  site: string,
): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-compare-file-'))
  const path = await writeFileOf(folder, 'file.bin', SIZE)
  const wanted = await sha256OfFile(path)
  let end = () => {}
  const over = new Promise<void>((resolve) => {
    end = resolve
  })
  let surroundings: Surroundings | undefined
  const faults = scenario.faults?.(() => {
    if (!surroundings) throw new Error('A fault came before there was an upload.')
    return surroundings
  })
  const oss = await startOss({ ...scenario.server, ...(faults ? { faults } : {}) })
  const app = await startApp(oss, site)
  const page = await browser.newPage()
  try {
    const keys = createKeys(oss)
    surroundings = {
      page,
      oss,
      path,
      over,
      expireTokens: keys.expire,
      pauseAndResume: () => void page.evaluate(() => window.pauseAndResume()).catch(() => {}),
    }
    await open(page, app.url, path, keys.grant)
    const { endpoint, bucket, region } = oss
    const said = outcomeIn(page, client, { endpoint, bucket, region })
    return await judge(await said, oss, [wanted, await sha256OfFile(path)])
  } finally {
    end()
    await page.context().close()
    await app.close()
    await oss.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function open(page: Page, url: string, path: string, grant: () => object): Promise<void> {
  // esbuild, where it runs this file, wraps each function in a helper that the page does not have.
  await page.addInitScript('globalThis.__name = (f) => f')
  await page.exposeFunction('grantKey', grant)
  await page.goto(url)
  await page.evaluate(() => {
    if (document.querySelector('input')) return
    document.body.append(Object.assign(document.createElement('input'), { type: 'file' }))
  })
  await page.locator('input').setInputFiles(path)
}

/** @returns `undefined` when it did not end in time. */
async function outcomeIn(
  page: Page,
  client: Client,
  address: Pick<OssServer, 'endpoint' | 'bucket' | 'region'>,
): Promise<Said | undefined> {
  await client.begin(page, { ...address, key: KEY, partSize: MIB, parallel: 2 })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), HUNG_AFTER_MS)
  })
  const said = await Promise.race([page.evaluate(() => window.said), late])
  clearTimeout(timer)
  return said
}

/** By the object, whatever the client says. @param wanted - The file as it was, and as it is now: a mixture is neither. */
async function judge(
  said: Said | undefined,
  oss: OssServer,
  wanted: readonly string[],
): Promise<Outcome> {
  if (!said) return { verdict: 'HUNG', words: `no end within ${HUNG_AFTER_MS / 1000} s` }
  if (!said.isDone) return { verdict: 'failed', words: said.words }
  const object = await oss.readObject(KEY)
  const isWhole = object && wanted.includes(await sha256Of(object.stream()))
  return { verdict: isWhole ? 'survived' : 'SILENTLY WRONG', words: said.words }
}

/** Keys that may do everything, each another one. */
function createKeys({ keys }: OssServer) {
  const granted: Parameters<OssServer['keys']['add']>[0][] = []
  return {
    grant() {
      const key = {
        accessKeyId: `STS.compared${granted.length}`,
        accessKeySecret: 'secret of an administrator',
        securityToken: `CAIS/compared${granted.length}`,
        policies: [],
        expiresAt: Number.POSITIVE_INFINITY,
      }
      granted.push(key)
      keys.add(key)
      const { accessKeyId, accessKeySecret, securityToken } = key
      const expiration = new Date(Date.now() + 12 * 3_600_000).toISOString()
      return { accessKeyId, accessKeySecret, securityToken, expiration }
    },
    expire() {
      for (const key of granted) keys.add({ ...key, expiresAt: 1 })
    },
  }
}
