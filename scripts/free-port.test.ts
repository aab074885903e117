import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { onFreePort } from './free-port.js'

const servers: Server[] = []

async function listen(port: number): Promise<number> {
  const server = createServer()
  servers.push(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

test('a taken port is replaced by a free one', async () => {
  const taken = await listen(0)
  const port = await onFreePort(taken, listen)
  expect(port).toBeGreaterThan(0)
  expect(port).not.toBe(taken)
})

test('a free port is taken as asked', async () => {
  expect(await onFreePort(1234, async (port) => port)).toBe(1234)
})

test('another failure is passed on, not tried again', async () => {
  const asked: number[] = []
  const start = async (port: number) => {
    asked.push(port)
    throw new Error('broken')
  }
  await expect(onFreePort(1234, start)).rejects.toThrow('broken')
  expect(asked).toEqual([1234])
})
