import type { Page } from '@playwright/test'
import type { RequestKind } from '../../demo/oss-server/fault-script.js'

/** After how long without a byte a request counts as stalled, where that is not half a minute. */
const SILENCES_MS: Readonly<Partial<Record<RequestKind, number>>> = {
  preflight: 61_000,
  PutObject: 121_000,
  UploadPart: 121_000,
  Complete: 301_000,
}
/** The silence before a first byte is half of the longest but Complete's. */
const STALLS_IN_A_TURN = 2
const LOOK_EVERY_MS = 30
/** The silence may have begun a moment later than the fault. */
const LOOK_AGAIN_AFTER_MS = 4000

/** Runs the page's clock over the longest silence the engine bears, once for each strike of a fault, and again where that did not end it. */
export function pump(page: Page, kind: RequestKind, strikes: () => number) {
  const silenceMs = SILENCES_MS[kind] ?? 31_000
  let advances = 0
  let turns = 0
  let lastAt = 0
  let advancing = Promise.resolve()
  const timer = setInterval(() => {
    const isStuck = advances > 0 && performance.now() - lastAt > LOOK_AGAIN_AFTER_MS
    if (advances >= strikes() && !isStuck) return
    advances = Math.min(advances + 1, strikes())
    lastAt = performance.now()
    turns += 1
    advancing = advancing.then(() => page.clock.runFor(silenceMs))
  }, LOOK_EVERY_MS)
  return {
    /** Of each connection, at most: healthy requests of a slow machine that were under way when the clock was turned. */
    stalls: () => turns * STALLS_IN_A_TURN,
    async stop(): Promise<void> {
      clearInterval(timer)
      await advancing
    },
  }
}
