import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listening {
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
export async function listenOnLoopback(
  port: number,
  listener: RequestListener,
  options: ServerOptions = {},
): Promise<Listening> {
  for (let choice = 1; ; choice++) {
    const first = await listenOn('127.0.0.1', port, listener, options)
    try {
      const second = await listenOn('::1', first.port, listener, options).catch(absentFamily)
      return {
        port: first.port,
        close: async () => void (await Promise.all([first.close(), second?.close()])),
      }
    } catch (error) {
      await first.close()
      // Free on one family only: a caller who left the choice to us gets another one.
      if (port !== 0 || choice === PORT_CHOICES) throw error
    }
  }
}

/**
 * Listens on one address.
 *
 * @throws when the port is taken.
 */
export function listenOn(
  host: string,
  port: number,
  listener: RequestListener,
  options: ServerOptions = {},
): Promise<Listening> {
  const server = createServer(options, listener)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve({ port: (server.address() as AddressInfo).port, close: () => closeServer(server) })
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
