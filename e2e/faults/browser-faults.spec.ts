import { copyFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page, type Route } from '@playwright/test'
import type { FaultRule, FaultScript } from '../../demo/oss-server/fault-script.js'
import { devtools } from '../support/devtools.js'
import type { Arena, Stage } from './arena.js'
import { BROWSER_ENTRIES, type BrowserFault } from './browser-table.js'
import { expectOutcome } from './expect-outcome.js'
import { PAGE_WITHOUT_WORKERS, test } from './fixtures.js'
import { begin, endingOf, makeUploader, rollLow, statesOf } from './page.js'
import { wordsOf } from './row.js'
import { leaveHalfWay, POLL } from './run-rows.js'

interface Scene {
  readonly page: Page
  readonly arena: Arena
  readonly stage: Stage
  readonly name: BrowserFault
  /** Of three parts, and of this test's own. */
  readonly path: string
}

/** Makes the trouble, and leaves the upload begun. */
type Play = (scene: Scene) => Promise<FaultScript>

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** Two parts stand at OSS's door until the script is released, which breaks their connections. */
const HOLD: readonly FaultRule[] = [{ on: 'UploadPart', fault: { do: 'hang' }, times: 2 }]

async function uploadFrom(
  { page, stage, name, path }: Scene,
  rules: readonly FaultRule[] = [],
  isWarm = true,
) {
  await page.getByLabel('Files').setInputFiles(path)
  const script = stage.begin(name, rules)
  await makeUploader(page, name, isWarm)
  await begin(page, name)
  return script
}

async function open({ page, stage }: Scene): Promise<void> {
  await page.addInitScript(rollLow)
  await page.goto(stage.url)
}

/** Does something while two parts are on the line, and breaks their connections then. */
function midWay(
  act: (scene: Scene) => Promise<void>,
  after?: (scene: Scene) => Promise<void>,
): Play {
  return async (scene) => {
    await open(scene)
    const script = await uploadFrom(scene, HOLD)
    await expect.poll(() => script.struck('UploadPart'), POLL).toBe(2)
    await act(scene)
    script.release()
    await after?.(scene)
    return script
  }
}

/** As from another origin that does not expose it. */
async function withoutDate(route: Route): Promise<void> {
  const response = await route.fetch()
  const { date: _, ...headers } = response.headers()
  await route.fulfill({ response, headers })
}

/** @param isDated - Whether the page can read when the app server answered. */
function withClock(offMs: number, isDated = false): Play {
  return async (scene) => {
    await scene.page.clock.install({ time: Date.now() + offMs })
    if (!isDated) await scene.page.route('**/api/oss/credentials*', withoutDate)
    await open(scene)
    const script = await uploadFrom(scene, [], false)
    await endingOf(scene.page, scene.name)
    // The first request is refused, and teaches the time to all that follow.
    expect(script.asked('Initiate')).toHaveLength(isDated ? 1 : 2)
    expect(script.asked('UploadPart')).toHaveLength(3)
    expect(script.asked('Complete')).toHaveLength(1)
    return script
  }
}

function withPage(spoil: () => void): Play {
  return async (scene) => {
    await scene.page.addInitScript(spoil)
    await open(scene)
    return uploadFrom(scene)
  }
}

const waitsForNetwork = ({ page, name }: Scene) =>
  expect
    .poll(async () => (await statesOf(page, name)).map(({ waitingFor }) => waitingFor), POLL)
    .toContain('network')

async function lifecycle(page: Page, state: 'frozen' | 'active'): Promise<void> {
  const session = await devtools(page)
  await session.send('Page.setWebLifecycleState', { state })
  await session.detach()
}

const PLAYS: Readonly<Record<BrowserFault, Play>> = {
  'offline-for-a-moment': midWay(
    ({ page }) => page.context().setOffline(true),
    async (scene) => {
      await waitsForNetwork(scene)
      await scene.page.context().setOffline(false)
    },
  ),
  'offline-for-long': async (scene) => {
    const { page } = scene
    await page.clock.install()
    return midWay(
      () => page.context().setOffline(true),
      async () => {
        await waitsForNetwork(scene)
        for (let minute = 0; minute < 10; minute++) await page.clock.runFor(MINUTE_MS)
        await page.context().setOffline(false)
      },
    )(scene)
  },
  asleep: async (scene) => {
    const { page, arena } = scene
    const given: string[] = []
    await page.route('**/api/oss/credentials*', async (route) => {
      const response = await route.fetch()
      given.push((await response.json()).accessKeyId)
      await route.fulfill({ response })
    })
    await page.clock.install()
    return midWay(async () => {
      for (const id of given) {
        const key = arena.oss.keys.find(id)
        if (key) arena.oss.keys.add({ ...key, expiresAt: Date.now() - 1000 })
      }
      await page.clock.fastForward(10 * MINUTE_MS)
    })(scene)
  },
  'clock-16-min-ahead': withClock(16 * MINUTE_MS),
  'clock-16-min-behind': withClock(-16 * MINUTE_MS),
  'clock-a-day-ahead': withClock(DAY_MS),
  'clock-20-years-behind': withClock(-20 * 365 * DAY_MS),
  'clock-known': withClock(DAY_MS, true),
  'clock-jumps': async (scene) => {
    await scene.page.clock.install()
    return midWay(({ page }) => page.clock.setSystemTime(Date.now() + DAY_MS))(scene)
  },
  'tab-frozen': midWay(
    ({ page }) => lifecycle(page, 'frozen'),
    ({ page }) => lifecycle(page, 'active'),
  ),
  'indexeddb-blocked': withPage(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
  }),
  'indexeddb-full': withPage(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('There is no room.', 'QuotaExceededError')
    }
  }),
  'indexeddb-corrupt': async (scene) => {
    const { page, stage, name, arena, path } = scene
    await open(scene)
    await page.getByLabel('Files').setInputFiles(path)
    await leaveHalfWay(page, stage, name, arena)
    await page.evaluate(spoilRecords)
    await page.goto(stage.url)
    return uploadFrom(scene)
  },
  'file-edited': midWay(({ path }) => writeFile(path, 'something else', { flag: 'r+' })),
  'file-truncated': midWay(({ path }) => truncate(path, 1000)),
  'file-deleted': midWay(({ path }) => rm(path)),
  'worker-blocked': async (scene) => {
    const { page, stage } = scene
    await page.goto(stage.url + PAGE_WITHOUT_WORKERS)
    const script = await uploadFrom(scene)
    await endingOf(page, scene.name)
    expect(page.workers()).toEqual([])
    return script
  },
}

/** Whatever is on record is something else now. */
async function spoilRecords(): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open('oss-direct-upload')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('checkpoints', 'readwrite')
      const store = transaction.objectStore('checkpoints')
      const keys = store.getAllKeys()
      keys.onsuccess = () => {
        for (const key of keys.result) store.put({ uploadId: 7, parts: 'none' }, key)
      }
      transaction.oncomplete = () => {
        opening.result.close()
        resolve()
      }
    }
  })
}

test.describe.configure({ mode: 'parallel', timeout: 60_000 })

for (const [name, { title, on, expect: outcome }] of BROWSER_ENTRIES) {
  test(`${on}: ${title} -> ${wordsOf(outcome)}`, async ({ page, arena, samples, folder }) => {
    const path = join(folder, 'large.bin')
    await copyFile(samples.large.path, path)
    const stage = await arena.open()
    try {
      const script = await PLAYS[name]({ page, arena, stage, name, path })
      const ending = await endingOf(page, name)
      const row = { id: name, on: 'UploadPart', expect: outcome } as const
      const { sha256 } = samples.large
      await expectOutcome(row, ending, { page, script, oss: arena.oss, sha256, stalled: 0 })
    } finally {
      await stage.close()
    }
  })
}
