import { expect, type Page } from '@playwright/test'
import type { FaultRule, FaultScript, RequestKind } from '../../demo/oss-server/fault-script.js'
import { uploadsOf } from '../support/fixtures.js'
import { type Arena, keyOf, type Stage } from './arena.js'
import { expectAborted, expectOutcome } from './expect-outcome.js'
import {
  begin,
  command,
  endingOf,
  makeUploader,
  PARALLEL,
  rollLow,
  statesOf,
  timeOutByTimers,
} from './page.js'
import { pump } from './pump.js'
import type { Row } from './row.js'
import type { Samples } from './samples.js'

/** Not asked for where nothing else goes wrong: that something else. */
const PRELUDE: Readonly<Partial<Record<RequestKind, FaultRule>>> = {
  HeadObject: {
    on: 'Complete',
    fault: { do: 'error', when: 'done', status: 500, code: 'InternalError' },
  },
  Abort: { on: 'UploadPart', fault: { do: 'drop', when: 'received' }, times: 'always' },
}

/** Uploads a file for each row from one page, all at once, and looks at what came of each, on OSS first. */
export async function runRows(
  page: Page,
  rows: readonly Row[],
  arena: Arena,
  samples: Samples,
): Promise<void> {
  const [first] = rows
  if (!first) return
  const stage = await arena.open()
  const isSmall = ['PutObject', 'credentials', 'STS'].includes(first.before?.on ?? first.on)
  const sample = isSmall ? samples.small : samples.large
  try {
    await page.addInitScript(rollLow)
    await page.addInitScript(timeOutByTimers)
    if (isSilent(first)) await page.clock.install()
    await page.goto(stage.url)
    await page.getByLabel('Files').setInputFiles(sample.path)
    if (first.on === 'ListParts') {
      await Promise.all(rows.map(({ id }) => leaveHalfWay(page, stage, id, arena)))
      await page.goto(stage.url)
      await page.getByLabel('Files').setInputFiles(sample.path)
    }
    const outcomes = await Promise.allSettled(
      rows.map((row) => runRow(page, row, stage, arena, sample.sha256)),
    )
    expect(outcomes.flatMap((outcome, i) => failureOf(outcome, rows[i]))).toEqual([])
  } finally {
    await stage.close()
  }
}

function failureOf(outcome: PromiseSettledResult<void>, row: Row | undefined): string[] {
  return outcome.status === 'rejected' ? [`${row?.id}: ${outcome.reason}`] : []
}

async function runRow(
  page: Page,
  row: Row,
  stage: Stage,
  arena: Arena,
  sha256: string,
): Promise<void> {
  const { id, on, fault, times } = row
  const rule: FaultRule = { on, fault, times: times === 'once' ? 1 : 'always' }
  const prelude = row.before ?? PRELUDE[on]
  await makeUploader(page, id, !row.isCold && on !== 'credentials' && on !== 'STS')
  const script = stage.begin(id, prelude ? [prelude, rule] : [rule])
  const pumping = isSilent(row) ? pump(page, row.on, () => script.struck(on)) : undefined
  try {
    await begin(page, id, row.options)
    if (on === 'Abort') await cancelMidWay(page, id, script)
    const ending = await endingOf(page, id)
    if (row.expect.end === 'cancelled') {
      await expectAborted(row, row.expect.left, script, () => uploadsOf(arena.oss, keyOf(id)))
    }
    expect(script.struck(on), 'strikes of the fault').toBeGreaterThan(0)
    const stalled = PARALLEL * (pumping?.stalls() ?? 0)
    await expectOutcome(row, ending, { page, script, oss: arena.oss, sha256, stalled })
  } finally {
    await pumping?.stop()
  }
}

/** An earlier visit: its upload is begun and on record, then the page is gone. */
export async function leaveHalfWay(
  page: Page,
  stage: Stage,
  id: string,
  arena: Arena,
): Promise<void> {
  await makeUploader(page, id, true)
  stage.begin(id, [
    {
      on: 'UploadPart',
      fault: { do: 'error', when: 'asked', status: 503, code: 'SlowDown' },
      times: 'always',
    },
  ])
  await begin(page, id)
  await expect
    .poll(async () => (await statesOf(page, id)).at(-1)?.canResumeAfterReload, POLL)
    .toBe(true)
  await command(page, id, 'pause')
  await expect.poll(() => uploadsOf(arena.oss, keyOf(id)), POLL).toHaveLength(1)
}

export const POLL = { intervals: [20], timeout: 60_000 }

async function cancelMidWay(page: Page, id: string, script: FaultScript): Promise<void> {
  await expect.poll(() => script.struck('UploadPart'), POLL).toBeGreaterThan(1)
  await command(page, id, 'cancel')
}

/** Nothing comes, so that only the page's clock ends it. */
function isSilent({ fault }: Row): boolean {
  return fault.do === 'hang' || fault.do === 'trickle'
}
