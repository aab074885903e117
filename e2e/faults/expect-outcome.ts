import { expect, type Page } from '@playwright/test'
import type { FaultScript, RequestKind } from '../../demo/oss-server/fault-script.js'
import type { OssServer } from '../../demo/oss-server/server.js'
import { sha256OfObject } from '../support/fixtures.js'
import { keyOf } from './arena.js'
import { type Ending, statesOf } from './page.js'
import type { Row } from './row.js'

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

interface Scene {
  readonly page: Page
  readonly script: FaultScript
  readonly oss: OssServer
  /** Of the file. */
  readonly sha256: string
  /** Requests that the test itself may have made stall. */
  readonly stalled: number
}

/** What OSS has decides, whatever the page says. */
export async function expectOutcome(
  { id, on, expect: outcome }: Pick<Row, 'id' | 'on' | 'expect'>,
  ending: Ending | undefined,
  scene: Scene,
): Promise<void> {
  const { page, script, oss, sha256, stalled } = scene
  if (outcome.end === 'either') {
    const [survives, fails] = outcome.of
    const expected = ending?.status === 'succeeded' ? survives : fails
    return expectOutcome({ id, on, expect: expected }, ending, scene)
  }
  const key = keyOf(id)
  const stored = (await oss.readObject(key)) && (await sha256OfObject(oss, key))
  if (outcome.end === 'survives') {
    expect(ending).toEqual({ status: 'succeeded', verified: outcome.verified ?? true })
    expect(stored, 'the stored bytes').toBe(sha256)
    const asked = script.asked(on)
    expect(asked.length, 'requests').toBeLessThanOrEqual(USUAL[on] + outcome.extra + stalled)
    const states = await statesOf(page, id)
    const waits = states.map(({ waitingFor }) => waitingFor)
    if (outcome.waitingFor) expect(waits).toContain(outcome.waitingFor)
    if (outcome.notBeforeMs === undefined) return
    expect((asked.at(-1) ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(outcome.notBeforeMs)
  } else if (outcome.end === 'fails') {
    expect(ending).toMatchObject({ status: 'failed', code: outcome.code })
    expect(ending?.message).toContain(outcome.says)
    expect(stored, 'the stored bytes').toBe(outcome.stored === 'whole' ? sha256 : undefined)
  } else {
    expect(ending?.status).toBe('cancelled')
    expect(stored, 'the stored bytes').toBeUndefined()
  }
}

/** Of three at most; where the token is refused, a new one is tried once. */
const ABORT_TRIES = 2

/** Many uploads of one page are cancelled at a time. */
const PATIENCE = { intervals: [20, 100], timeout: 60_000 }

/** Cancelling tells the user at once; what becomes of the parts follows. */
export async function expectAborted(
  row: Row,
  left: 'nothing' | 'its parts',
  script: FaultScript,
  uploads: () => Promise<string[]>,
): Promise<void> {
  if (left === 'nothing') {
    await expect.poll(uploads, PATIENCE).toEqual([])
    return
  }
  const tries = row.times === 'always' ? ABORT_TRIES : 1
  await expect.poll(() => script.asked('Abort').length, PATIENCE).toBeGreaterThanOrEqual(tries)
  expect(await uploads(), 'the parts').toHaveLength(1)
}
