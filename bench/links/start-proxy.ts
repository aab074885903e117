import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ProxyOptions } from './proxy.js'

export interface ProxyProcess {
  /** Puts up another line in place of the one before. @returns its port */
  readonly putUp: (options: ProxyOptions) => Promise<number>
  readonly close: () => Promise<void>
}

/** Starts the proxy in a process of its own, so that neither the server nor who measures delays it. */
export function startProxy(): ProxyProcess {
  const child = fork(join(import.meta.dirname, 'proxy-process.ts'), {
    execArgv: ['--import', 'tsx'],
  })
  const exited = once(child, 'exit')
  return {
    async putUp(options) {
      child.send(options)
      const [port] = await Promise.race([once(child, 'message'), exited.then(() => [])])
      if (typeof port !== 'number') throw new Error('The proxy has ended.')
      return port
    },
    async close() {
      child.disconnect()
      await exited
    },
  }
}
