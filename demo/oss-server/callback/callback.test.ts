import { createVerify } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { OssServer } from '../server.js'
import { crc64Of } from '../testing/bytes.js'
import { element, type RawReply, sendSigned } from '../testing/raw-client.js'
import { startTestServer } from '../testing/test-server.js'

interface Heard {
  url: string
  headers: http.IncomingHttpHeaders
  body: string
}

/** An app server that answers every callback the same way. */
async function startApp(
  answer: (response: http.ServerResponse) => void = (response) => json(response, '{"ok":true}'),
): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = []
  const app = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    heard.push({
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    })
    answer(response)
  })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    app.close()
    app.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(app.address() as AddressInfo).port}`, heard }
}

function json(response: http.ServerResponse, body: string): void {
  response.setHeader('Content-Length', Buffer.byteLength(body))
  response.end(body)
}

function chunked(response: http.ServerResponse, pieces: string[]): void {
  for (const piece of pieces) response.write(piece)
  response.end()
}

function base64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64')
}

function put(server: OssServer, callback: unknown, variables?: unknown): Promise<RawReply> {
  const headers: Record<string, string> = {
    'content-type': 'text/plain',
    'x-oss-callback': base64(callback),
  }
  if (variables) headers['x-oss-callback-var'] = base64(variables)
  return sendSigned(server, { method: 'PUT', key: 'dir/a b', body: 'hello', headers })
}

test('tells the app server, signed, and answers the uploader with its words', async () => {
  const server = await startTestServer()
  const app = await startApp()
  const reply = await put(
    server,
    {
      callbackUrl: `${app.url}/hook%20x?id=1%202`,
      callbackHost: 'app.example.com',
      callbackBody:
        'o=${object}&s=${size}&m=${mimeType}&e=${etag}&c=${crc64}&u=${x:uid}&n=${x:none}',
    },
    { 'x:uid': 'ü&1' },
  )
  expect([reply.status, reply.text]).toEqual([200, '{"ok":true}'])
  expect(reply.headers).toMatchObject({
    'content-type': 'application/json',
    etag: '"5D41402ABC4B2A76B9719D911017C592"',
  })
  const [call] = app.heard
  expect(call?.body).toBe(
    `o=dir%2Fa%20b&s=5&m=text%2Fplain&e=5D41402ABC4B2A76B9719D911017C592&c=${crc64Of(Buffer.from('hello'))}&u=%C3%BC%261&n=`,
  )
  expect(call?.headers).toMatchObject({
    host: 'app.example.com',
    'content-type': 'application/x-www-form-urlencoded',
  })
  const keyUrl = Buffer.from(String(call?.headers['x-oss-pub-key-url']), 'base64').toString()
  const publicKey = await (await fetch(keyUrl)).text()
  expect(publicKey).toBe(server.callbackPublicKey)
  const signature = Buffer.from(call?.headers.authorization ?? '', 'base64')
  const verify = createVerify('RSA-MD5').update(`/hook x?id=1%202\n${call?.body}`)
  expect(verify.verify(publicKey, signature)).toBe(true)
})

test('inserts values as JSON into a JSON body', async () => {
  const server = await startTestServer()
  const app = await startApp()
  await put(server, {
    callbackUrl: app.url,
    callbackBodyType: 'application/json',
    callbackBody: '{"o":${object},"s":${size},"h":${imageInfo.height}}',
  })
  expect(JSON.parse(app.heard[0]?.body ?? '')).toEqual({ o: 'dir/a b', s: 5, h: '' })
})

test('tries the next address when one does not answer', async () => {
  const server = await startTestServer()
  const failing = await startApp((response) => response.writeHead(500).end())
  const app = await startApp()
  const callbackUrl = `${failing.url};${app.url}`
  expect((await put(server, { callbackUrl, callbackBody: 'x' })).status).toBe(200)
  expect([failing.heard.length, app.heard.length]).toEqual([1, 1])
})

test.each<[string, (response: http.ServerResponse) => void, string]>([
  ['another status', (response) => response.writeHead(301).end(), 'Error status : 301.'],
  ['no JSON', (response) => json(response, 'ok'), 'not valid json'],
  ['no length', (response) => chunked(response, ['{', '}']), 'content-length'],
  ['nothing', (response) => response.destroy(), 'can not connect'],
])(
  'stores the object and says 203 when the app server answers with %s',
  async (_name, answer, words) => {
    const server = await startTestServer()
    const app = await startApp(answer)
    const reply = await put(server, { callbackUrl: app.url, callbackBody: 'x' })
    expect([reply.status, element(reply, 'Code')]).toEqual([203, 'CallbackFailed'])
    expect(element(reply, 'Message')).toContain(words)
    expect(await server.readObject('dir/a b')).toMatchObject({ size: 5 })
    expect(server.requests).toMatchObject([{ status: 203, code: 'CallbackFailed' }])
  },
)

test('gives an app server five seconds', { timeout: 15_000 }, async () => {
  const server = await startTestServer()
  const app = await startApp(() => {})
  const reply = await put(server, { callbackUrl: app.url, callbackBody: 'x' })
  expect(reply.status).toBe(203)
  expect(element(reply, 'Message')).toContain('Cost too long time')
  expect(await server.readObject('dir/a b')).toMatchObject({ size: 5 })
})

test('calls back after a completed upload, its answer in place of the XML', async () => {
  const server = await startTestServer()
  const app = await startApp()
  const started = await sendSigned(server, { method: 'POST', key: 'm', query: { uploads: '' } })
  const uploadId = element(started, 'UploadId') ?? ''
  await sendSigned(server, {
    method: 'PUT',
    key: 'm',
    query: { partNumber: '1', uploadId },
    body: 'x',
  })
  const callback = base64({ callbackUrl: app.url, callbackBody: '${operation} ${object}' })
  const headers = { 'x-oss-complete-all': 'yes' }
  const query = { uploadId, callback }
  const reply = await sendSigned(server, { method: 'POST', key: 'm', query, headers })
  expect([reply.status, reply.text]).toEqual([200, '{"ok":true}'])
  expect(reply.headers['x-oss-hash-crc64ecma']).toBe(crc64Of(Buffer.from('x')))
  expect(app.heard[0]?.body).toBe('CompleteMultipartUpload m')
})

test.each([
  ['text that is not base64', '{}'],
  ['text that is not JSON', Buffer.from('x').toString('base64')],
  ['no address', base64({ callbackBody: 'x' })],
  ['an IPv6 address', base64({ callbackUrl: 'http://[::1]/', callbackBody: 'x' })],
  ['six addresses', base64({ callbackUrl: 'a;b;c;d;e;f', callbackBody: 'x' })],
  ['no body', base64({ callbackUrl: 'http://a/' })],
  ['another body type', base64({ callbackUrl: 'a', callbackBody: 'x', callbackBodyType: 'b/c' })],
  ['more than 5 KB', base64({ callbackUrl: 'a', callbackBody: 'x'.repeat(5000) })],
])('stores nothing when the callback is %s', async (_name, callback) => {
  const server = await startTestServer()
  const headers = { 'x-oss-callback': callback }
  const reply = await sendSigned(server, { method: 'PUT', key: 'k', body: 'x', headers })
  expect([reply.status, element(reply, 'Code')]).toEqual([400, 'InvalidArgument'])
  expect(await server.readObject('k')).toBeUndefined()
})

test('refuses a callback that comes in the header and in the query', async () => {
  const server = await startTestServer()
  const callback = base64({ callbackUrl: 'http://a/', callbackBody: 'x' })
  const request = { method: 'PUT', key: 'k', body: 'x', query: { callback } }
  const reply = await sendSigned(server, { ...request, headers: { 'x-oss-callback': callback } })
  expect([reply.status, element(reply, 'Code')]).toEqual([400, 'InvalidArgument'])
})
