import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listening {
  port: number
  /** Ends every connection, also those in the middle of something. */
  close(): Promise<void>
  /** Ends every connection and refuses new ones, until what it returns is called. */
  refuseConnections(): () => Promise<void>
}

const PORT_CHOICES = 5

/**
 * Listens on 127.0.0.1 and, where the machine has it, on ::1: `localhost` may mean either, and nobody else may call.
 *
 * @param port 0 picks any port that is free on both.
 * @throws when the port is taken.
 */
export async function listenOnLoopback(port: number, create: () => Server): Promise<Listening> {
  for (let choice = 1; ; choice += 1) {
    const first = await listen(create(), port, '127.0.0.1')
    const { port: chosen } = first.address() as AddressInfo
    try {
      const second = await listen(create(), chosen, '::1').catch(ignoreMissingFamily)
      const servers = second ? [first, second] : [first]
      return {
        port: chosen,
        close: async () => void (await Promise.all(servers.map(close))),
        refuseConnections: () => refuse(servers, chosen),
      }
    } catch (error) {
      await close(first)
      if (port !== 0 || choice === PORT_CHOICES) throw error
    }
  }
}

function listen(server: Server, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve(server)
    })
  })
}

/** Ends every connection and refuses new ones, until what it returns is called. */
export function refuse(servers: readonly Server[], port: number): () => Promise<void> {
  const hosts = servers.map((server) => (server.address() as AddressInfo).address)
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
  return async () => {
    await Promise.all(servers.map((server, i) => listen(server, port, hosts[i] ?? '127.0.0.1')))
  }
}

function ignoreMissingFamily(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') throw error
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
