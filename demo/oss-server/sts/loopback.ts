import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Loopback {
  port: number
  close(): Promise<void>
}

const PORT_CHOICES = 5

/**
 * Listens on 127.0.0.1 and, where the machine has it, on ::1: `localhost` may mean either. Nobody else can reach it.
 *
 * @param port 0 picks any port that is free on both.
 * @throws when the port is taken.
 */
export async function listenOnLoopback(port: number, listener: RequestListener): Promise<Loopback> {
  for (let choice = 1; ; choice++) {
    const first = await listen(port, '127.0.0.1', listener)
    const chosen = (first.address() as AddressInfo).port
    try {
      const second = await listen(chosen, '::1', listener).catch(absentFamily)
      const servers = second ? [first, second] : [first]
      return { port: chosen, close: async () => void (await Promise.all(servers.map(closeServer))) }
    } catch (error) {
      await closeServer(first)
      // Free on one family only: a caller who left the choice to us gets another one.
      if (port !== 0 || choice === PORT_CHOICES) throw error
    }
  }
}

function listen(port: number, host: string, listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve(server)
    })
  })
}

function absentFamily(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') throw error
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
