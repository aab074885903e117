import {
  createFaultScript,
  type FaultRule,
  type FaultScript,
  type RequestKind,
} from '../../demo/oss-server/fault-script.js'
import type { FaultSource, OssServer } from '../../demo/oss-server/server.js'
import { startApp, startOss } from '../support/servers.js'

/** A local OSS with its STS, and for each row an app server, page and prefix of its own. */
export interface Arena {
  readonly oss: OssServer
  open(user: string, rules: readonly FaultRule[]): Promise<Stage>
  close(): Promise<void>
}

export interface Stage {
  readonly url: string
  readonly key: string
  readonly script: FaultScript
  /** From now on its rules strike. */
  begin(): void
  close(): Promise<void>
}

export async function startArena(staticDir: string): Promise<Arena> {
  let current: FaultSource = {}
  const faults: FaultSource = {
    beforeAuth: (target) => current.beforeAuth?.(target),
    body: (target, body) => current.body?.(target, body) ?? body,
    beforeCommit: (target) => current.beforeCommit?.(target),
    response: (target, reply) => current.response?.(target, reply) ?? reply,
  }
  const oss = await startOss({ faults, stsFaults: faults })
  return {
    oss,
    async open(user, rules) {
      const app = await startApp(oss, staticDir, { user, faults })
      const script = createFaultScript(rules, refuseConnections)
      let reopened: Promise<void> | undefined

      function refuseConnections(kind: RequestKind, forMs: number): void {
        const reopen =
          kind === 'credentials'
            ? app.refuseConnections()
            : oss.refuseConnections(kind === 'STS' ? 'sts' : 'oss')
        reopened = new Promise((resolve) => {
          setTimeout(() => void reopen().then(resolve), forMs)
        })
      }

      return {
        url: app.url,
        key: `u/${user}/file.bin`,
        script,
        begin() {
          current = script.faults
        },
        async close() {
          script.release()
          await reopened
          current = {}
          await app.close()
        },
      }
    },
    close: () => oss.close(),
  }
}
