import { readdir } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import net from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import { listenOnLoopback } from './listen.js'
import { createRequestBody } from './request-body.js'
import type { OssServer } from './server.js'
import { element, send, sendSigned, signedHeaders } from './testing/raw-client.js'
import { BUCKET, startTestServer, temporaryFolder } from './testing/test-server.js'

/** A connection that speaks exactly what it is told. */
async function connect(
  server: Pick<OssServer, 'endpoint'>,
): Promise<{ socket: net.Socket; received(): string }> {
  const socket = net.connect({
    host: '127.0.0.1',
    port: Number(new URL(server.endpoint).port),
    allowHalfOpen: true,
  })
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk
  })
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('connect', resolve))
  return { socket, received: () => text }
}

function head(key: string, extra: Record<string, string>): string {
  const headers = { ...signedHeaders({ method: 'PUT', key }), ...extra }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `PUT /${key} HTTP/1.1\r\nHost: ${BUCKET}.localhost\r\n${lines.join('')}\r\n`
}

async function blobsIn(dataDir: string): Promise<string[]> {
  return readdir(join(dataDir, BUCKET, 'blobs'))
}

test('wants the length of a body, unless it comes in chunks', async () => {
  const server = await startTestServer()
  const headers = signedHeaders({ method: 'PUT', key: 'k' })
  const { socket, received } = await connect(server)
  socket.write(head('k', {}))
  await vi.waitFor(() => expect(received()).toContain('</Error>'))
  expect(received()).toMatch(/^HTTP\/1.1 411 /)
  expect(received()).toContain('<Code>MissingContentLength</Code>')
  socket.destroy()

  const body = Readable.from([Buffer.from('in '), Buffer.from('chunks')])
  expect((await send(server, { method: 'PUT', path: '/k', headers, body })).status).toBe(200)
  expect((await server.readObject('k'))?.size).toBe(9)
})

test('stores nothing of a body with another MD5', async () => {
  const dataDir = await temporaryFolder()
  const server = await startTestServer({ dataDir })
  const put = { method: 'PUT', key: 'k', body: 'hello' }
  const right = { 'content-md5': 'XUFAKrxLKna5cZ2REBfFkg==' }
  const wrong = { 'content-md5': 'XUFAKrxLKna5cZ2REBfFkQ==' }
  const reply = await sendSigned(server, { ...put, headers: wrong })
  expect([reply.status, element(reply, 'Code')]).toEqual([400, 'InvalidDigest'])
  expect(await server.readObject('k')).toBeUndefined()
  expect(await blobsIn(dataDir)).toEqual([])
  expect((await sendSigned(server, { ...put, headers: right })).status).toBe(200)
})

test('keeps nothing of a body whose connection breaks', async () => {
  const dataDir = await temporaryFolder()
  const server = await startTestServer({ dataDir })
  const { socket } = await connect(server)
  socket.write(`${head('k', { 'Content-Length': '1000000' })}${'x'.repeat(70_000)}`)
  await vi.waitFor(async () => expect(await blobsIn(dataDir)).toHaveLength(1))
  socket.resetAndDestroy()
  await vi.waitFor(async () => expect(await blobsIn(dataDir)).toEqual([]))
  expect(await server.readObject('k')).toBeUndefined()
  // Nobody heard an answer, if one was tried.
  expect(server.requests.filter(({ status }) => status < 400)).toEqual([])
})

test('does not wait for what is lost when a connection breaks after a whole body came, but before it was read', async () => {
  const requests: IncomingMessage[] = []
  const { port, close } = await listenOnLoopback(0, () =>
    createServer((incoming) => void requests.push(incoming)),
  )
  onTestFinished(close)
  const { socket } = await connect({ endpoint: `http://localhost:${port}` })
  const body = 'x'.repeat(10_000)
  socket.write(`PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  await vi.waitFor(() => expect(requests[0]?.complete).toBe(true))
  const [incoming] = requests
  if (!incoming) throw new Error('no request came')
  const options = { incoming, sendContinue: undefined, stallMs: 3_600_000 }
  const readable = createRequestBody(options).open()
  socket.resetAndDestroy()
  await vi.waitFor(() => expect(incoming.destroyed).toBe(true))
  await expect(readable.toArray()).rejects.toMatchObject({ code: 'IncompleteBody' })
})

test('says that a body is incomplete when the client ends it early and still listens', async () => {
  const dataDir = await temporaryFolder()
  const server = await startTestServer({ dataDir })
  const { socket, received } = await connect(server)
  socket.end(`${head('k', { 'Content-Length': '100' })}only this`)
  await vi.waitFor(() => expect(received()).toContain('</Error>'))
  expect(received()).toMatch(/^HTTP\/1.1 400 /)
  expect(received()).toContain('<Code>IncompleteBody</Code>')
  expect(await blobsIn(dataDir)).toEqual([])
})

test('gives up on a body that stands still, and says so', async () => {
  const dataDir = await temporaryFolder()
  const server = await startTestServer({ dataDir, stallMs: 50 })
  const { socket, received } = await connect(server)
  socket.write(`${head('k', { 'Content-Length': '100' })}only this`)
  await new Promise((resolve) => socket.once('end', resolve))
  expect(received()).toMatch(/^HTTP\/1.1 400 /)
  expect(received()).toContain('<Code>RequestTimeout</Code>')
  expect(await blobsIn(dataDir)).toEqual([])
  socket.destroy()
})

test('invites the body of a client that asks first, only when it will take it', async () => {
  const server = await startTestServer()
  const asks = { 'Content-Length': '5', Expect: '100-continue' }
  const { socket, received } = await connect(server)
  socket.write(head('k', asks))
  await vi.waitFor(() => expect(received()).toContain('100 Continue'))
  socket.write('hello')
  await vi.waitFor(() => expect(received()).toContain('200 OK'))
  expect((await server.readObject('k'))?.size).toBe(5)
  socket.destroy()

  const refused = await connect(server)
  refused.socket.write(head('k', { ...asks, Authorization: 'OSS4-HMAC-SHA256 x' }))
  await new Promise((resolve) => refused.socket.once('end', resolve))
  expect(refused.received()).toMatch(/^HTTP\/1.1 400 /)
  refused.socket.destroy()
})

test('lets a refused body arrive, so that the client can read the refusal and go on', async () => {
  const server = await startTestServer()
  const { socket, received } = await connect(server)
  const size = 3_000_000
  socket.write(head('k', { 'Content-Length': String(size), Authorization: 'OSS4-HMAC-SHA256 x' }))
  await vi.waitFor(() => expect(received()).toContain('</Error>'))
  socket.write('x'.repeat(size))
  socket.write(`${head('k', { 'Content-Length': '1' })}y`)
  await vi.waitFor(() => expect(received()).toContain('HTTP/1.1 200 OK'))
  socket.destroy()
})

test('lets the rest of a body arrive that was refused half-way', async () => {
  const server = await startTestServer()
  const { socket, received } = await connect(server)
  const file = Buffer.alloc(3_000_000)
  const form = '--B\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
  const length = form.length + file.length
  socket.write(
    `POST / HTTP/1.1\r\nHost: ${BUCKET}.localhost\r\nContent-Length: ${length}\r\n` +
      `Content-Type: multipart/form-data; boundary=B\r\n\r\n${form}`,
  )
  await vi.waitFor(() => expect(received()).toContain('</Error>'))
  socket.write(file)
  socket.write(`${head('k', { 'Content-Length': '1' })}y`)
  await vi.waitFor(() => expect(received()).toContain('HTTP/1.1 200 OK'))
  socket.destroy()
})

test('counts the bytes it received', async () => {
  const server = await startTestServer()
  await sendSigned(server, { method: 'PUT', key: 'k', body: Buffer.alloc(123_456) })
  expect(server.requests).toMatchObject([
    { method: 'PUT', operation: 'PutObject', key: 'k', status: 200, bytesReceived: 123_456 },
  ])
})

test('holds an upload and a download to the traffic limit', async () => {
  const server = await startTestServer()
  const headers = { 'x-oss-traffic-limit': '819200' }
  const body = Buffer.alloc(40_000)
  for (const request of [
    { method: 'PUT', key: 'k', headers, body },
    { key: 'k', query: { 'x-oss-traffic-limit': '819200' } },
  ]) {
    const started = performance.now()
    expect((await sendSigned(server, request)).status).toBe(200)
    // 100 KiB/s: 40 000 bytes take 0.39 s.
    expect(performance.now() - started).toBeGreaterThan(380)
  }
  for (const limit of ['819199', '838860801', 'fast']) {
    const wrong = { 'x-oss-traffic-limit': limit }
    const reply = await sendSigned(server, { method: 'PUT', key: 'k', headers: wrong, body })
    expect(element(reply, 'EC')).toBe('0004-00000502')
  }
  const query = { 'x-oss-traffic-limit': '819200' }
  const both = await sendSigned(server, { method: 'PUT', key: 'k', headers, query, body })
  expect([both.status, element(both, 'Code')]).toEqual([400, 'InvalidArgument'])
})

test('takes headers as large as a token, callbacks and metadata together can be', async () => {
  const server = await startTestServer()
  const headers = {
    'x-oss-meta-a': 'a'.repeat(8000),
    'x-oss-callback-var': Buffer.from(JSON.stringify({ 'x:a': 'a'.repeat(3500) })).toString(
      'base64',
    ),
    cookie: 'c'.repeat(8000),
  }
  const reply = await sendSigned(server, { method: 'PUT', key: 'k', headers, body: 'x' })
  expect(reply.status).toBe(200)
})
