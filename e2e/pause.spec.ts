import type { Page } from '@playwright/test'
import { startCountingProxy } from './support/counting-proxy.js'
import { demoPage } from './support/demo-page.js'
import { MIB, sha256OfFile, writeFileOf } from './support/files.js'
import { expect, sha256OfObject, test, uploadsOf } from './support/fixtures.js'
import { recordedParts } from './support/records.js'
import { PREFIX, startApp } from './support/servers.js'
import { throttleInBrowser } from './support/throttle.js'
import { isOperation, type WatchedEvent } from './support/watch.js'

const SILENT_AFTER_MS = 50
/** At the speed of the line, some MiB would go in this time. */
const LISTENED_MS = 600

test('pausing half-way silences the line within 50 ms, and no acknowledged part is sent again', async ({
  page,
  folder,
  watched: { oss, watch },
}) => {
  const proxy = await startCountingProxy(oss.endpoint)
  const app = await startApp(oss, '.demo-dist', { ossEndpoint: proxy.endpoint })
  try {
    const path = await writeFileOf(folder, 'film.bin', 24 * MIB)
    const demo = demoPage(page)
    await demo.open(`${app.url}?partSize=${2 * MIB}`)
    await throttleInBrowser(page, 6 * MIB)
    await demo.choose(path)
    const progress = page.getByRole('progressbar', { name: 'film.bin' })
    await expect
      .poll(() => progress.evaluate((bar: HTMLProgressElement) => bar.value / bar.max), {
        timeout: 20_000,
      })
      .toBeGreaterThan(0.5)

    const pausedAtMs = await clickNoting(page, 'Pause film.bin')
    await expect(demo.row('film.bin').getByText('Paused at')).toBeVisible()
    // Silence has no other end to wait for.
    await expect.poll(() => Date.now() - pausedAtMs).toBeGreaterThan(LISTENED_MS)
    const acknowledged = await recordedParts(page)
    const since = watch.events.length
    await throttleInBrowser(page, -1)
    const resumedAtMs = await clickNoting(page, 'Resume film.bin')
    await demo.expectStored('film.bin')

    const before = proxy.sent.filter(({ atMs }) => atMs <= pausedAtMs)
    expect(before.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(8 * MIB)
    const afterMs = proxy.sent
      .filter(({ atMs }) => atMs < resumedAtMs)
      .map(({ notBeforeMs }) => notBeforeMs - pausedAtMs)
    expect(afterMs.filter((ms) => ms > SILENT_AFTER_MS)).toEqual([])
    expect(acknowledged).toBeGreaterThan(0)
    expect(partsAt('receiving', watch.events.slice(since))).toHaveLength(12 - acknowledged)
    expect(await sha256OfObject(oss, `${PREFIX}film.bin`)).toBe(await sha256OfFile(path))
  } finally {
    await app.close()
    await proxy.close()
  }
})

test('twenty pauses on a slow line give exactly one object, and no part is sent twice at a time', async ({
  page,
  folder,
  watched: { oss, watch, demoUrl },
}) => {
  // Forty clicks, and the line is slow on purpose.
  test.slow()
  const key = `${PREFIX}paused.bin`
  const path = await writeFileOf(folder, 'paused.bin', 20 * MIB)
  const demo = demoPage(page)
  await demo.open(`${demoUrl}?partSize=${2 * MIB}`)
  await throttleInBrowser(page, 5 * MIB)
  await demo.choose(path)
  const row = demo.row('paused.bin')
  for (let round = 0; round < 20; round++) {
    await page.getByRole('button', { name: 'Pause paused.bin' }).click()
    await expect(row.getByText('Paused at')).toBeVisible()
    await page.getByRole('button', { name: 'Resume paused.bin' }).click()
    await expect(row.getByText('Paused at')).toBeHidden()
  }
  await throttleInBrowser(page, -1)
  await demo.expectStored('paused.bin')
  const completed = watch.events.filter(isOperation('CompleteMultipartUpload'))
  expect(completed.filter(({ moment }) => moment === 'kept')).toHaveLength(1)
  expect(partsSentTwiceAtATime(watch.events)).toEqual([])
  // Pauses interrupted parts: else nothing could have overlapped.
  expect(partsAt('receiving', watch.events).length).toBeGreaterThan(10)
  expect(await sha256OfObject(oss, key)).toBe(await sha256OfFile(path))
  await expect.poll(() => uploadsOf(oss, key)).toEqual([])
})

test('pausing one file leaves another one on its way alone', async ({
  page,
  folder,
  watched: { oss, watch, demoUrl },
}) => {
  const [one, other] = [
    await writeFileOf(folder, 'one.bin', 4 * MIB),
    await writeFileOf(folder, 'other.bin', 6 * MIB),
  ]
  const demo = demoPage(page)
  // Two parts and three: all on their way at the same time.
  await demo.open(`${demoUrl}?partSize=${2 * MIB}&multipartThreshold=0&parallel=5`)
  await throttleInBrowser(page, 3 * MIB)
  await demo.choose(one, other)
  await expect.poll(() => partsAt('receiving', watch.events)).toHaveLength(5)
  await page.getByRole('button', { name: 'Pause one.bin' }).click()
  const since = watch.events.length

  await demo.expectStored('other.bin')
  const ofOther = watch.events.filter(({ key }) => key === `${PREFIX}other.bin`)
  for (const moment of ['receiving', 'kept'] as const) {
    expect(partsAt(moment, ofOther).sort((a, b) => a - b)).toEqual([1, 2, 3])
  }
  await expect(demo.row('one.bin').getByText('Paused at')).toBeVisible()
  const ofOne = watch.events.slice(since).filter(({ key }) => key === `${PREFIX}one.bin`)
  expect(ofOne.filter(({ moment }) => moment === 'asked' || moment === 'kept')).toEqual([])

  await page.getByRole('button', { name: 'Resume one.bin' }).click()
  await demo.expectStored('one.bin')
  expect(await sha256OfObject(oss, `${PREFIX}one.bin`)).toBe(await sha256OfFile(one))
  expect(await sha256OfObject(oss, `${PREFIX}other.bin`)).toBe(await sha256OfFile(other))
})

/** Clicks in the page. @returns when, by the clock that this process shares with it. */
function clickNoting(page: Page, name: string): Promise<number> {
  return page.getByRole('button', { name }).evaluate((button) => {
    const atMs = Date.now()
    ;(button as HTMLButtonElement).click()
    return atMs
  })
}

function partsAt(wanted: WatchedEvent['moment'], events: readonly WatchedEvent[]): number[] {
  return events
    .filter(({ moment, operation }) => moment === wanted && operation === 'UploadPart')
    .map(({ partNumber }) => partNumber)
}

/** Parts whose bytes came in on two requests at the same time. */
function partsSentTwiceAtATime(events: readonly WatchedEvent[]): number[] {
  const coming = new Map<number, number>()
  const twice: number[] = []
  for (const { moment, operation, partNumber } of events) {
    if (operation !== 'UploadPart') continue
    const requests = coming.get(partNumber) ?? 0
    if (moment === 'receiving') {
      if (requests > 0) twice.push(partNumber)
      coming.set(partNumber, requests + 1)
    }
    if (moment === 'received') coming.set(partNumber, requests - 1)
  }
  return twice
}
