import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createLink, type LinkConnection } from '../../src/simulation/link/link.js'
import { bytesPerMs, type LinkProfile } from '../../src/simulation/link/profiles.js'
import { createLineClock } from './line-clock.js'
import { createPump, type Pump } from './pump.js'

/** A timer may come so late without the line running dry. */
const LATE_MS = 20
const LEAST_ROOM_BYTES = 64 * 1024

export interface ProxyOptions {
  readonly profile: LinkProfile
  readonly seed: number
  /** On this machine. */
  readonly targetPort: number
  /** To listen on; any that is free when left out. */
  readonly port?: number | undefined
}

export interface LinkProxy {
  readonly port: number
  close(): Promise<void>
}

interface Wire {
  readonly client: Socket
  readonly server: Socket
  readonly line: LinkConnection
  readonly pumps: readonly Pump[]
}

/** Puts a line between whoever connects and a port of this machine. */
export async function startLinkProxy(options: ProxyOptions): Promise<LinkProxy> {
  const { profile, seed, targetPort } = options
  const link = createLink(profile, seed)
  const wires = new Set<Wire>()
  const clock = createLineClock(link, () => {
    for (const { pumps } of wires) for (const pump of pumps) pump.flush()
  })
  const { totalMbit, connectionMbit = totalMbit } = profile

  function room(): number {
    const share = Math.min(connectionMbit, totalMbit / Math.max(1, wires.size))
    return Math.max(LEAST_ROOM_BYTES, bytesPerMs(share) * LATE_MS)
  }

  function join(client: Socket): void {
    const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })
    client.setNoDelay()
    server.setNoDelay()
    clock.catchUp()
    const line = link.open()
    const pumps = [
      createPump(client, server, line.up, clock.catchUp, room),
      createPump(server, client, line.down, clock.catchUp, room),
    ]
    const wire = { client, server, line, pumps }
    wires.add(wire)
    const sockets = [client, server]
    for (const socket of sockets) {
      // 'close' follows.
      socket.on('error', () => undefined)
      socket.once('close', (isBroken) => {
        // One that closed in good order may have bytes on the line still.
        if (isBroken || sockets.every(({ closed }) => closed)) leave(wire, isBroken)
      })
    }
  }

  function leave(wire: Wire, isBroken: boolean): void {
    if (!wires.delete(wire)) return
    wire.line.close()
    for (const socket of [wire.client, wire.server]) {
      if (isBroken) socket.resetAndDestroy()
      else socket.destroy()
    }
  }

  const listener = createServer({ allowHalfOpen: true }, join)
  listener.listen(options.port ?? 0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    async close() {
      clock.stop()
      for (const wire of wires) leave(wire, false)
      await new Promise((done) => listener.close(done))
    },
  }
}
