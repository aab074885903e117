import { appendFile, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { Page } from '@playwright/test'
import { LOOPBACK_RULE } from '../../demo/oss-server/cors.js'
import {
  ConnectionDrop,
  type FaultSource,
  OssError,
  type OssServer,
  type OssServerOptions,
} from '../../demo/oss-server/server.js'
import { MIB } from '../support/files.js'

type Target = Parameters<NonNullable<FaultSource['beforeAuth']>>[0]

/** What a fault can reach while an upload runs. */
export interface Surroundings {
  readonly page: Page
  readonly oss: OssServer
  /** Where the file is on disk. */
  readonly path: string
  /** From now on OSS takes none of the tokens that were handed out. */
  readonly expireTokens: () => void
  /** Has the page stop its upload, and go on with it. */
  readonly pauseAndResume: () => void
  /** When the upload has ended, or is given up. */
  readonly over: Promise<void>
}

export interface Scenario {
  readonly name: string
  readonly server?: Partial<OssServerOptions>
  /** Made anew for each client. */
  readonly faults?: (surroundings: () => Surroundings) => FaultSource
}

const OFFLINE_MS = 5000
const HOUR_MS = 3_600_000

function isPart(number: number) {
  return ({ operation, query }: Target) =>
    operation === 'UploadPart' && query.get('partNumber') === String(number)
}

/** True the first time a request is meant. */
function first(isMeant: (target: Target) => boolean): (target: Target) => boolean {
  let isOver = false
  return (target) => {
    if (isOver || !isMeant(target)) return false
    isOver = true
    return true
  }
}

const isComplete = ({ operation }: Target) => operation === 'CompleteMultipartUpload'

/** Something happens when the third part is asked for. */
function onThirdPart(
  action: (surroundings: Surroundings) => void | Promise<void>,
): NonNullable<Scenario['faults']> {
  return (surroundings) => {
    const isDue = first(isPart(3))
    return {
      async beforeAuth(target) {
        if (isDue(target)) await action(surroundings())
      },
    }
  }
}

async function* cutAfter(body: Readable, bytes: number): AsyncGenerator<Buffer> {
  let passed = 0
  for await (const chunk of body) {
    passed += chunk.length
    if (passed > bytes) throw new ConnectionDrop()
    yield chunk
  }
}

async function* damaged(body: Readable): AsyncGenerator<Buffer> {
  let isDamaged = false
  for await (const chunk of body) {
    const copy = Buffer.from(chunk)
    if (!isDamaged) copy[0] = ~(copy[0] ?? 0)
    isDamaged = true
    yield copy
  }
}

/** The same faults, in the same order, for both. */
export const scenarios: readonly Scenario[] = [
  { name: 'no fault' },
  {
    name: 'connection reset in the middle of a part, once',
    faults: () => {
      const isDue = first(isPart(2))
      return {
        body: (target, body) => (isDue(target) ? Readable.from(cutAfter(body, MIB / 4)) : body),
      }
    },
  },
  {
    name: '503 SlowDown to a part, once',
    faults: () => {
      const isDue = first(isPart(2))
      return {
        beforeCommit(target) {
          if (isDue(target)) throw new OssError(503, 'SlowDown', 'Please reduce your request rate.')
        },
      }
    },
  },
  {
    name: 'Complete done, its answer lost',
    faults: () => {
      const isDue = first(isComplete)
      return {
        afterCommit(target) {
          if (isDue(target)) throw new ConnectionDrop()
        },
      }
    },
  },
  {
    name: 'token refused in mid-upload, sooner than it said',
    faults: onThirdPart(({ expireTokens }) => expireTokens()),
  },
  { name: 'clock 1 h off', server: { now: () => Date.now() + HOUR_MS } },
  {
    name: 'a part stored with a damaged byte, once',
    faults: () => {
      const isDue = first(isPart(2))
      return { body: (target, body) => (isDue(target) ? Readable.from(damaged(body)) : body) }
    },
  },
  {
    name: 'CORS rule exposes no header (ETag, CRC-64)',
    server: { corsRules: [{ ...LOOPBACK_RULE, exposeHeaders: [] }] },
  },
  {
    name: 'file overwritten in mid-upload, same size',
    faults: onThirdPart(async ({ path }) => {
      const file = await open(path, 'r+')
      await file.write(Buffer.alloc(MIB, 7), 0, MIB, 4 * MIB)
      await file.close()
    }),
  },
  {
    name: 'file appended to in mid-upload',
    faults: onThirdPart(({ path }) => appendFile(path, 'more')),
  },
  {
    name: 'offline for 5 s',
    faults: onThirdPart(async ({ page }) => {
      await page.context().setOffline(true)
      // Whoever gave up by then has no page any more.
      const comeBack = () => page.context().setOffline(false)
      setTimeout(() => void comeBack().catch(() => {}), OFFLINE_MS)
    }),
  },
  {
    name: 'paused during parts, resumed at once',
    faults: onThirdPart(({ pauseAndResume }) => pauseAndResume()),
  },
  {
    name: "a portal's page (200, HTML) in answer to a part, once",
    faults: () => {
      const isDue = first(isPart(2))
      return {
        beforeAuth(target) {
          if (isDue(target)) throw new OssError(511, 'Portal', 'log in')
        },
        response: (_target, reply) =>
          reply.code === 'Portal'
            ? { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<html>Log in</html>' }
            : reply,
      }
    },
  },
  {
    name: 'half-open: a part is never answered, once',
    faults: (surroundings) => {
      const isDue = first(isPart(2))
      return {
        async beforeAuth(target) {
          if (!isDue(target)) return
          await surroundings().over
          throw new ConnectionDrop()
        },
      }
    },
  },
]
