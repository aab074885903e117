import {
  createFaultScript,
  type FaultRule,
  type FaultScript,
  type RequestKind,
} from '../../demo/oss-server/fault-script.js'
import type { FaultSource, FaultTarget, OssServer } from '../../demo/oss-server/server.js'
import { PREFIX, startApp, startOss } from '../support/servers.js'

/** A local OSS with its STS, and for each test an app server with a page of its own. */
export interface Arena {
  readonly oss: OssServer
  open(): Promise<Stage>
  close(): Promise<void>
}

/** Many uploads of one page, each with trouble of its own. */
export interface Stage {
  readonly url: string
  /** From now on the rules strike the upload of that name. */
  begin(name: string, rules: readonly FaultRule[]): FaultScript
  close(): Promise<void>
}

export function keyOf(name: string): string {
  return `${PREFIX}${name}/file.bin`
}

export async function startArena(staticDir: string): Promise<Arena> {
  const scripts = new Map<string, FaultScript>()
  const sourceOf = (target: FaultTarget) => scriptOf(target, scripts)?.faults ?? {}
  const faults: FaultSource = {
    beforeAuth: (target) => sourceOf(target).beforeAuth?.(target),
    body: (target, body) => sourceOf(target).body?.(target, body) ?? body,
    beforeCommit: (target) => sourceOf(target).beforeCommit?.(target),
    response: (target, reply) => sourceOf(target).response?.(target, reply) ?? reply,
  }
  const oss = await startOss({ faults, stsFaults: faults })
  return {
    oss,
    async open() {
      const app = await startApp(oss, staticDir, { faults })
      const reopened: Promise<void>[] = []

      function refuse(kind: RequestKind, forMs: number): void {
        const reopen =
          kind === 'credentials'
            ? app.refuseConnections()
            : oss.refuseConnections(kind === 'STS' ? 'sts' : 'oss')
        reopened.push(
          new Promise((resolve) => {
            setTimeout(() => void reopen().then(resolve), forMs)
          }),
        )
      }

      return {
        url: app.url,
        begin(name, rules) {
          const script = createFaultScript(rules, refuse)
          scripts.set(name, script)
          return script
        },
        async close() {
          for (const script of scripts.values()) script.release()
          await Promise.all(reopened)
          scripts.clear()
          await app.close()
        },
      }
    },
    close: () => oss.close(),
  }
}

/** Whose upload a request is for: its key says so, and the page asks for credentials in its name. */
function scriptOf(
  { operation, key, query }: FaultTarget,
  scripts: ReadonlyMap<string, FaultScript>,
): FaultScript | undefined {
  // Between the app server and STS nobody knows for which upload; such rows are alone on their page.
  if (operation === 'AssumeRole') return scripts.size === 1 ? [...scripts.values()][0] : undefined
  const name = query.get('upload') ?? key?.slice(PREFIX.length).split('/')[0]
  return name === undefined ? undefined : scripts.get(name)
}
