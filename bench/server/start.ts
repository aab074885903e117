import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Traffic } from './traffic.js'

export interface DrainServer {
  /** `http://127.0.0.1:PORT`: objects by path. */
  readonly endpoint: string
  /** Counts from now on. */
  readonly reset: () => Promise<void>
  readonly read: () => Promise<Traffic>
  readonly close: () => Promise<void>
}

/** Starts the draining server in a process of its own, so that it does not wait for who measures. */
export async function startDrainServer(): Promise<DrainServer> {
  const server = fork(join(import.meta.dirname, 'main.ts'), { execArgv: ['--import', 'tsx'] })
  const exited = once(server, 'exit')
  const next = async () => {
    const [message] = await Promise.race([once(server, 'message'), exited])
    if (typeof message !== 'object') throw new Error(`The draining server ended with ${message}.`)
    return message
  }
  const ask = async (command: 'reset' | 'read'): Promise<Traffic> => {
    server.send(command)
    return (await next()).traffic
  }
  const { port } = await next()
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async reset() {
      await ask('reset')
    },
    read: () => ask('read'),
    async close() {
      server.disconnect()
      await exited
    },
  }
}
