import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import type { LinkProfile } from '../../src/simulation/link/profiles.js'
import { startProxy } from './start-proxy.js'

/** Starting a process takes seconds on a busy machine. */
vi.setConfig({ testTimeout: 30_000 })

const proxy = startProxy()
afterAll(proxy.close)

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** @returns the proxy's port; behind it somebody who does as told */
async function proxyTo(serve: (socket: Socket) => void, profile: LinkProfile): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // The proxy may break off before the server has noticed that a test is over.
    socket.on('error', () => undefined)
    serve(socket)
  }).listen(0, '127.0.0.1')
  undo.push(() => server.close())
  await once(server, 'listening')
  const targetPort = (server.address() as AddressInfo).port
  return proxy.putUp({ profile, seed: 1, targetPort })
}

function dial(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  undo.push(() => socket.destroy())
  return socket
}

/** @returns milliseconds until the far end has all of it and its answer is back */
async function send(port: number, bytes: number): Promise<number> {
  const startedMs = performance.now()
  const socket = dial(port)
  socket.end(Buffer.alloc(bytes))
  await buffer(socket)
  return performance.now() - startedMs
}

function answerAtEnd(socket: Socket): void {
  socket.resume()
  socket.once('end', () => socket.end('done'))
}

test('gives each connection its rate and no more, one or two of them', async () => {
  // 1,000 bytes a millisecond each.
  const port = await proxyTo(answerAtEnd, {
    name: 'test',
    rttMs: 20,
    totalMbit: 100,
    connectionMbit: 8,
  })
  const alone = await send(port, 700_000)
  const together = await Promise.all([send(port, 700_000), send(port, 700_000)])
  expect(Math.min(alone, ...together)).toBeGreaterThan(700)
  // Against each other, because a busy machine slows all of them.
  expect(Math.max(...together) / alone).toBeLessThan(1.5)
})

test('divides the total among the connections', async () => {
  const port = await proxyTo(answerAtEnd, { name: 'test', rttMs: 20, totalMbit: 8 })
  const alone = await send(port, 500_000)
  const together = await Promise.all([send(port, 500_000), send(port, 500_000)])
  expect(Math.min(...together)).toBeGreaterThan(900)
  expect(Math.min(...together) / alone).toBeGreaterThan(1.3)
})

test('costs a round trip to connect and one to be answered', async () => {
  const port = await proxyTo((socket) => socket.pipe(socket), {
    name: 'test',
    rttMs: 150,
    totalMbit: 100,
  })
  const socket = dial(port)
  async function ask(): Promise<number> {
    const startedMs = performance.now()
    socket.write('?')
    await once(socket, 'data')
    return performance.now() - startedMs
  }
  const first = await ask()
  const second = await ask()
  expect(first).toBeGreaterThanOrEqual(300)
  expect(second).toBeGreaterThanOrEqual(150)
  expect(first - second).toBeGreaterThan(75)
})

test('changes no byte and passes on the end of each direction', async () => {
  const port = await proxyTo((socket) => socket.pipe(socket), {
    name: 'test',
    rttMs: 10,
    totalMbit: 200,
    loss: 0.005,
  })
  const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index) % 256))
  const socket = dial(port)
  socket.end(sent)
  expect((await buffer(socket)).equals(sent)).toBe(true)
})

test('breaks off where the server does', async () => {
  const port = await proxyTo((socket) => socket.once('data', () => socket.resetAndDestroy()), {
    name: 'test',
    rttMs: 10,
    totalMbit: 100,
  })
  const socket = dial(port)
  socket.write('?')
  await expect(once(socket, 'end')).rejects.toThrow('ECONNRESET')
})
