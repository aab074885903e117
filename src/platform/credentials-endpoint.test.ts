import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { credentialsEndpoint } from './credentials-endpoint.js'

const DATE = 'Fri, 02 Jan 2026 03:04:05 GMT'
const { signal } = new AbortController()
let close = () => {}

afterEach(() => close())

/** An app server, and what the page heard of its clock. */
async function ask(answer: RequestListener) {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => server.close()
  const times: number[] = []
  const source = credentialsEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const onServerTime = (serverMs: number) => void times.push(serverMs)
  return { answer: source({ reason: 'first', signal, onServerTime }), times }
}

describe('the app server', () => {
  it('tells the time with its answer', async () => {
    const { answer, times } = await ask((_, response) => {
      response.setHeader('date', DATE)
      response.end('{"a":1}')
    })
    expect(await answer).toEqual({ a: 1 })
    expect(times).toEqual([Date.UTC(2026, 0, 2, 3, 4, 5)])
  })

  it('may hide its date, or have none', async () => {
    const { answer, times } = await ask((_, response) => {
      response.sendDate = false
      response.end('{"a":1}')
    })
    expect(await answer).toEqual({ a: 1 })
    expect(times).toEqual([])
  })

  it('asks for a pause by its own clock, not the device’s', async () => {
    const { answer } = await ask((_, response) => {
      response.writeHead(503, { date: DATE, 'retry-after': 'Fri, 02 Jan 2026 03:04:25 GMT' })
      response.end()
    })
    await expect(answer).rejects.toMatchObject({ retryAfterMs: 20_000, status: 503 })
  })
})
