import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LinkProxy, ProxyOptions } from './proxy.js'

/** @returns a proxy that runs in a process of its own */
export async function forkLinkProxy(options: ProxyOptions): Promise<LinkProxy> {
  const child = fork(fileURLToPath(new URL('./proxy-process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  })
  const exited = once(child, 'exit')
  const failed = exited.then(([code]) => {
    throw new Error(`The proxy ended with ${code} before it listened.`)
  })
  child.send(options)
  const [port] = await Promise.race([once(child, 'message'), failed])
  failed.catch(() => undefined)
  return {
    port,
    async close() {
      child.disconnect()
      await exited
    },
  }
}
