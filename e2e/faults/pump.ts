import type { Page } from '@playwright/test'
import type { RequestKind } from '../../demo/oss-server/fault-script.js'

/** After how long without a byte a request counts as stalled, where that is not half a minute. */
const LONG_SILENCES = new Set<RequestKind>(['preflight', 'PutObject', 'UploadPart', 'Complete'])
const LOOK_EVERY_MS = 30

/** Advances the page's clock past the longest silence the engine bears, once for each strike of a fault. */
export function pump(page: Page, kind: RequestKind, strikes: () => number) {
  const silenceMs = LONG_SILENCES.has(kind) ? 301_000 : 31_000
  let advances = 0
  let advancing = Promise.resolve()
  const timer = setInterval(() => {
    if (advances >= strikes()) return
    advances++
    advancing = advancing.then(() => page.clock.fastForward(silenceMs))
  }, LOOK_EVERY_MS)
  return {
    async stop(): Promise<void> {
      clearInterval(timer)
      await advancing
    },
  }
}
