import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import { readLaunchOptions } from '../../scripts/launch-options.js'
import { demoPage } from './demo-page.js'
import { MIB, sha256Of, sha256OfFile, writeFileOf } from './files.js'
import { describeInstant, type KillInstant, killInstant } from './kill-instant.js'
import { expectNoSecretStored } from './no-secret-stored.js'
import { recorded } from './records.js'
import { PREFIX, startApp, startOss } from './servers.js'
import { throttleUploads } from './throttle.js'
import { createWatch, partsOfVisit, type WatchedEvent } from './watch.js'

const NAME = 'film.bin'
const KEY = PREFIX + NAME
const PART_SIZE = MIB
const PARTS = 16
export const PARALLEL = 4
const BYTES_PER_SECOND = 16 * MIB
/** About as long as the upload takes on that line, and a little more. */
const LONGEST_MS = 1400

export interface KillTrial {
  readonly seed: number
  readonly instant: string
  /** What the second visit found. */
  readonly found: 'a record' | 'nothing' | 'the object'
  /** Parts that went a second time although OSS listed them. */
  readonly sentInVain: number
  /** Parts begun more than once over both visits. */
  readonly sentTwice: number
  readonly bytesSentTwice: number
  /** OSS had made the object, and the page had not written down that it knew. */
  readonly wasCompleteUnheard: boolean
  /** Uploads left on OSS that no record knows of: the answer to Initiate, or the record, came too late. */
  readonly orphans: number
  readonly isWhole: boolean
}

/** One upload, its browser killed at an instant, by the seed unless given, and started again on the same profile. */
export async function runKillTrial(
  seed: number,
  instant: KillInstant = killInstant(seed, PARTS, LONGEST_MS),
): Promise<KillTrial> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-kill-'))
  const watch = createWatch()
  const oss = await startOss({ faults: watch.faults })
  const app = await startApp(oss, '.demo-dist')
  try {
    const path = await writeFileOf(folder, NAME, PARTS * PART_SIZE)
    const profile = join(folder, 'profile')
    const url = `${app.url}?partSize=${PART_SIZE}&parallel=${PARALLEL}`
    await uploadAndKill(profile, url, path, instant, watch.listen)
    const since = watch.events.length
    const isComplete = (await oss.readObject(KEY)) !== undefined
    const found = await goOn(profile, url, path, isComplete)

    const object = await oss.readObject(KEY)
    const sha256 = object && (await sha256Of(object.stream()))
    const begun = watch.events.filter(isPartBegun).length
    return {
      seed,
      instant: describeInstant(instant),
      found,
      sentInVain: partsOfVisit(watch.events, since).sentInVain.length,
      sentTwice: begun - PARTS,
      bytesSentTwice: (begun - PARTS) * PART_SIZE,
      wasCompleteUnheard: isComplete && found === 'a record',
      orphans: (await oss.listUploads()).length,
      isWhole: sha256 === (await sha256OfFile(path)),
    }
  } finally {
    await app.close()
    await oss.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function uploadAndKill(
  profile: string,
  url: string,
  path: string,
  instant: KillInstant,
  listen: (listener: (event: WatchedEvent) => void) => void,
): Promise<void> {
  const context = await chromium.launchPersistentContext(profile, readLaunchOptions())
  const closed = new Promise<void>((resolve) => context.once('close', () => resolve()))
  const kill = await killerOf(context)
  const page = context.pages()[0] ?? (await context.newPage())
  const demo = demoPage(page)
  await demo.open(url)
  await throttleUploads(page, BYTES_PER_SECOND)
  if (instant.after === 'event') {
    const { event } = instant
    listen((now) => {
      if (now.moment !== event.moment || now.operation !== event.operation) return
      if (now.partNumber === event.partNumber) kill()
    })
  }
  // A browser that is killed meanwhile never answers.
  const chosen = demo.choose(path).catch(() => {})
  if (instant.after === 'success') await demo.expectStored(NAME)
  if (instant.after !== 'event') setTimeout(kill, instant.ms)
  await Promise.all([chosen, closed])
}

/** @returns the way to end the browser at once, with no word to its pages. */
async function killerOf(context: BrowserContext): Promise<() => void> {
  const session = await context.browser()?.newBrowserCDPSession()
  const { processInfo = [] } = (await session?.send('SystemInfo.getProcessInfo')) ?? {}
  const pid = processInfo.find(({ type }) => type === 'browser')?.id
  if (!pid) throw new Error('The browser does not say which process it is.')
  let isKilled = false
  return () => {
    // Once: the number may be another process's by then.
    if (!isKilled) process.kill(pid, 'SIGKILL')
    isKilled = true
  }
}

/** The second visit, on the same profile. */
async function goOn(
  profile: string,
  url: string,
  path: string,
  isComplete: boolean,
): Promise<KillTrial['found']> {
  const context = await chromium.launchPersistentContext(profile, readLaunchOptions())
  try {
    const page = context.pages()[0] ?? (await context.newPage())
    const demo = demoPage(page)
    await demo.open(url)
    const { records } = await recorded(page)
    if (records === 0 && isComplete) return 'the object'
    await choose(page, path, records > 0)
    await demo.expectStored(NAME)
    await expectNoSecretStored(page)
    return records > 0 ? 'a record' : 'nothing'
  } finally {
    await context.close()
  }
}

async function choose(page: Page, path: string, isOffered: boolean): Promise<void> {
  const label = isOffered ? `File of ${NAME}` : 'Choose files'
  await page.getByLabel(label).setInputFiles(path)
}

function isPartBegun({ moment, operation }: WatchedEvent): boolean {
  return moment === 'receiving' && operation === 'UploadPart'
}
