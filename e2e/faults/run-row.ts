import { expect, type Page } from '@playwright/test'
import type { FaultRule, FaultScript, RequestKind } from '../../demo/oss-server/fault-script.js'
import { sha256OfObject, uploadsOf } from '../support/fixtures.js'
import type { Arena, Stage } from './arena.js'
import {
  begin,
  type Ending,
  endingOf,
  rollLow,
  timeOutByTimers,
  waitedFor,
  warmUp,
} from './page.js'
import type { Outcome, Row } from './row.js'

/** A file on disk and what OSS has to have of it in the end. */
export interface Sample {
  readonly path: string
  readonly sha256: string
}

export interface Samples {
  /** Sent by one request. */
  readonly small: Sample
  /** Of three parts. */
  readonly large: Sample
}

/** How many requests of a kind an upload without trouble makes. */
const USUAL: Readonly<Record<RequestKind, number>> = {
  preflight: 3,
  PutObject: 1,
  Initiate: 1,
  UploadPart: 3,
  Complete: 1,
  ListParts: 1,
  HeadObject: 1,
  Abort: 1,
  credentials: 1,
  STS: 1,
}

/** Not asked for where nothing else goes wrong: that something else. */
const PRELUDE: Readonly<Partial<Record<RequestKind, FaultRule>>> = {
  HeadObject: { on: 'Complete', fault: { do: 'drop', when: 'done' } },
  Abort: { on: 'UploadPart', fault: { do: 'hang' }, times: 'always' },
}

/** Uploads a file under one fault and looks at what came of it, on OSS first. */
export async function runRow(page: Page, row: Row, arena: Arena, samples: Samples): Promise<void> {
  const { on, fault, times, expect: outcome } = row
  const rule: FaultRule = { on, fault, times: times === 'once' ? 1 : 'always' }
  const prelude = PRELUDE[on]
  const stage = await arena.open(row.id, prelude ? [prelude, rule] : [rule])
  const isSmall = ['PutObject', 'credentials', 'STS'].includes(on)
  const sample = isSmall ? samples.small : samples.large
  try {
    await openPage(page, stage, row)
    if (on === 'ListParts') await leaveHalfWay(page, stage, sample, arena)
    await page.getByLabel('Files').setInputFiles(sample.path)
    const isFirst = on === 'credentials' || on === 'STS'
    if (!row.isCold && !isFirst) await warmUp(page)
    stage.begin()
    await begin(page)
    if (on === 'Abort') await cancelMidWay(page, stage)
    const ending = await pumpUntil(endingOf(page), page, stage.script, row)
    if (on === 'Abort') await expectAborted(page, stage, outcome, arena, row)
    await check(outcome, ending, { page, row, stage, arena, sample })
  } finally {
    await stage.close()
  }
}

async function openPage(page: Page, stage: Stage, row: Row): Promise<void> {
  await page.addInitScript(rollLow)
  await page.addInitScript(timeOutByTimers)
  if (!isTimed(row)) await page.clock.install()
  await page.goto(stage.url)
}

/** An earlier visit: some parts are there and on record, then the page is gone. */
async function leaveHalfWay(
  page: Page,
  { url, key }: Stage,
  sample: Sample,
  arena: Arena,
): Promise<void> {
  const before = await arena.open(key.split('/')[1] ?? '', [])
  await before.close()
  await page.getByLabel('Files').setInputFiles(sample.path)
  await begin(page)
  await page.waitForFunction(() => window.states.some(({ loaded }) => loaded > 0))
  await page.evaluate(() => window.task.pause())
  await expect.poll(() => uploadsOf(arena.oss, key)).toHaveLength(1)
  await page.waitForFunction(() => window.task.state.canResumeAfterReload)
  await page.goto(url)
}

async function cancelMidWay(page: Page, { script }: Stage): Promise<void> {
  await expect.poll(() => script.struck()).toBeGreaterThanOrEqual(2)
  await page.evaluate(() => void window.task.cancel())
}

/** @returns what the promise brings; the page's clock is advanced for as long as that does not come. */
async function pumpUntil<T>(
  promise: Promise<T>,
  page: Page,
  script: FaultScript,
  row: Row,
): Promise<T> {
  let isOver = false
  const over = promise.finally(() => {
    isOver = true
  })
  const silent = isSilent(row)
  const advanceMs = silent ? (SILENCE_MS[row.on] ?? 31_000) : 5_000
  let advances = 0
  const { promise: stopped, stop } = every(PUMP_MS, async () => {
    if (isOver || isTimed(row)) return
    if (silent && advances >= script.struck()) return
    advances++
    await page.clock.fastForward(advanceMs)
  })
  try {
    return await over
  } finally {
    stop()
    await stopped
  }
}

const PUMP_MS = 400
/** After how long without a byte a request counts as stalled, where that is not 30 s. */
const SILENCE_MS: Readonly<Partial<Record<RequestKind, number>>> = {
  preflight: 301_000,
  PutObject: 301_000,
  UploadPart: 301_000,
  Complete: 301_000,
}

function isSilent({ fault }: Row): boolean {
  return fault.do === 'hang' || fault.do === 'trickle'
}

/** Its waits are measured, so its clock is the real one. */
function isTimed({ expect: outcome }: Row): boolean {
  return outcome.end === 'survives' && outcome.notBeforeMs !== undefined
}

function every(ms: number, work: () => Promise<void>) {
  let isStopped = false
  let wake = () => {}
  const loop = async () => {
    while (!isStopped) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      if (!isStopped) await work()
    }
  }
  const promise = loop()
  return {
    promise,
    stop() {
      isStopped = true
      wake()
    },
  }
}

async function expectAborted(
  page: Page,
  { key, script }: Stage,
  outcome: Outcome,
  { oss }: Arena,
  row: Row,
): Promise<void> {
  if (outcome.end !== 'cancelled') return
  const isGone = async () => (await uploadsOf(oss, key)).length === 0
  if (outcome.left === 'nothing') {
    const gone = async () => expect.poll(isGone, { timeout: 20_000 }).toBe(true)
    return pumpUntil(gone(), page, script, row)
  }
  await expect.poll(() => script.asked('Abort').length).toBeGreaterThan(0)
  expect(await isGone(), 'the parts').toBe(false)
}

interface Scene {
  readonly page: Page
  readonly row: Row
  readonly stage: Stage
  readonly arena: Arena
  readonly sample: Sample
}

async function check(outcome: Outcome, ending: Ending, scene: Scene): Promise<void> {
  const { row, stage, arena, sample, page } = scene
  const { key, script } = stage
  const object = await arena.oss.readObject(key)
  const stored = object && (await sha256OfObject(arena.oss, key))
  expect(script.struck(), 'the fault has struck').toBeGreaterThan(PRELUDE[row.on] ? 1 : 0)
  if (outcome.end === 'survives') {
    expect(ending).toEqual({ status: 'succeeded', verified: outcome.verified ?? true })
    expect(stored, 'the stored bytes').toBe(sample.sha256)
    const asked = script.asked(row.on)
    expect(asked.length, 'requests').toBeLessThanOrEqual(USUAL[row.on] + outcome.extra)
    if (outcome.waitingFor) expect(await waitedFor(page)).toContain(outcome.waitingFor)
    if (outcome.notBeforeMs !== undefined) {
      const [first = 0, ...later] = asked
      expect((later.at(-1) ?? 0) - first).toBeGreaterThanOrEqual(outcome.notBeforeMs)
    }
  } else if (outcome.end === 'fails') {
    expect(ending).toMatchObject({ status: 'failed', code: outcome.code })
    expect(ending.message).toContain(outcome.says)
    expect(stored, 'the stored bytes').toBe(outcome.stored === 'whole' ? sample.sha256 : undefined)
  } else {
    expect(ending.status).toBe('cancelled')
    expect(stored, 'the stored bytes').toBeUndefined()
  }
}
