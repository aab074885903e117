import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Listening, listenOnLoopback, refuse } from '../oss-server/listen.js'

/**
 * Listens on one address, or where none is given on those of this machine alone.
 *
 * @throws when the port is taken.
 */
export function listen(
  host: string | undefined,
  port: number,
  create: () => Server,
): Promise<Listening> {
  if (host === undefined) return listenOnLoopback(port, create)
  const server = create()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const { port: chosen } = server.address() as AddressInfo
      resolve({
        port: chosen,
        close: () => closeServer(server),
        refuseConnections: () => refuse([server], chosen),
      })
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
