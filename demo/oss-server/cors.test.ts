import { expect, test } from 'vitest'
import { type CorsRule, LOOPBACK_RULE, matchRule } from './cors.js'
import type { OssServer } from './server.js'
import { element, type RawReply, send, sendSigned } from './testing/raw-client.js'
import { addStsKey, startTestServer, temporaryFolder } from './testing/test-server.js'

const ORIGIN = 'https://app.example.com'
const RULE: CorsRule = {
  allowedOrigins: [ORIGIN],
  allowedMethods: ['PUT'],
  allowedHeaders: ['authorization', 'X-OSS-*'],
  exposeHeaders: ['ETag'],
  maxAgeSeconds: 7,
}

function preflight(
  server: OssServer,
  headers: Record<string, string> = {
    Origin: ORIGIN,
    'Access-Control-Request-Method': 'PUT',
    'Access-Control-Request-Headers': 'authorization,x-oss-date',
  },
): Promise<RawReply> {
  return send(server, { method: 'OPTIONS', path: '/k?partNumber=1&uploadId=U', headers })
}

function corsHeaders(reply: RawReply): string[] {
  return Object.keys(reply.headers).filter((name) => name.startsWith('access-control-'))
}

test.each([
  ['http://localhost', true],
  ['http://localhost:5173', true],
  ['https://127.0.0.1:1', true],
  ['http://[::1]:5173', true],
  ['http://app.localhost:5173', true],
  ['http://localhost.example.com', false],
  ['http://notlocalhost', false],
  ['https://app.example.com', false],
  ['null', false],
])('lets a page on %s in by default: %s', (origin, isIn) => {
  expect(matchRule([LOOPBACK_RULE], { origin, method: 'PUT' }) !== undefined).toBe(isIn)
})

test('lets the first matching rule decide, and demands every header', () => {
  const narrow = { ...RULE, allowedHeaders: ['a'], maxAgeSeconds: 1 }
  const wide = { ...RULE, allowedOrigins: ['*'], allowedHeaders: ['*'], maxAgeSeconds: 2 }
  const ask = (requestHeaders: string[]) =>
    matchRule([narrow, wide], { origin: ORIGIN, method: 'PUT', requestHeaders })?.maxAgeSeconds
  expect(ask(['A'])).toBe(1)
  expect(ask([])).toBe(1)
  expect(ask(['a', 'b'])).toBe(2)
  expect(
    matchRule([narrow], { origin: ORIGIN, method: 'PUT', requestHeaders: ['b'] }),
  ).toBeUndefined()
  expect(matchRule([wide], { origin: ORIGIN, method: 'GET' })).toBeUndefined()
})

test('allows a preflight by echoing what was asked', async () => {
  const server = await startTestServer({ corsRules: [RULE] })
  const reply = await preflight(server)
  expect(reply.status).toBe(200)
  expect(reply.body).toHaveLength(0)
  expect(reply.headers).toMatchObject({
    'access-control-allow-origin': ORIGIN,
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': 'authorization, x-oss-date',
    'access-control-expose-headers': 'ETag',
    'access-control-max-age': '7',
    vary: 'Origin',
  })
  expect(server.requests).toMatchObject([
    { operation: 'Preflight', key: 'k', query: { partNumber: '1', uploadId: 'U' }, status: 200 },
  ])
})

test('refuses a preflight no rule fits, without any CORS header', async () => {
  const server = await startTestServer({ corsRules: [RULE] })
  const asked = { Origin: 'https://evil.example.com', 'Access-Control-Request-Method': 'PUT' }
  const reply = await preflight(server, asked)
  expect([reply.status, element(reply, 'Code')]).toEqual([403, 'AccessForbidden'])
  expect(corsHeaders(reply)).toEqual([])
  expect(server.requests).toMatchObject([{ operation: 'Preflight', code: 'AccessForbidden' }])
  const incomplete = await preflight(server, { Origin: ORIGIN })
  expect([incomplete.status, element(incomplete, 'Code')]).toEqual([400, 'BadRequest'])
})

test('executes a request of a foreign page all the same, and hides the answer', async () => {
  const server = await startTestServer({ corsRules: [RULE] })
  const put = { method: 'PUT', key: 'k', body: 'x' }
  const foreign = await sendSigned(server, { ...put, headers: { origin: 'https://evil.com' } })
  expect(foreign.status).toBe(200)
  expect(corsHeaders(foreign)).toEqual([])
  expect(await server.readObject('k')).toMatchObject({ size: 1 })

  const own = await sendSigned(server, { ...put, headers: { origin: ORIGIN } })
  expect(own.headers['access-control-allow-origin']).toBe(ORIGIN)
  expect(own.headers['access-control-expose-headers']).toBe('ETag')
})

test('lets a page read why it was refused', async () => {
  const server = await startTestServer({ corsRules: [RULE] })
  const headers = { Origin: ORIGIN }
  const reply = await send(server, { method: 'PUT', path: '/k', headers, body: 'unsigned' })
  expect(reply.status).toBe(403)
  expect(reply.headers['access-control-allow-origin']).toBe(ORIGIN)
})

const XML = `<CORSConfiguration><CORSRule><AllowedOrigin>${ORIGIN}</AllowedOrigin>
  <AllowedMethod>PUT</AllowedMethod><AllowedHeader>*</AllowedHeader><ExposeHeader>ETag</ExposeHeader>
  </CORSRule></CORSConfiguration>`

test('lets the owner put, get and delete the rules, and keeps them over a restart', async () => {
  const dataDir = await temporaryFolder()
  const first = await startTestServer({ dataDir })
  const cors = { query: { cors: '' } }
  expect((await preflight(first)).status).toBe(403)
  expect((await sendSigned(first, { ...cors, method: 'PUT', body: XML })).status).toBe(200)
  expect((await preflight(first)).status).toBe(200)
  await first.close()

  const second = await startTestServer({ dataDir })
  expect((await preflight(second)).headers['vary']).toBeUndefined()
  const read = await sendSigned(second, cors)
  expect(element(read, 'AllowedOrigin')).toBe(ORIGIN)
  expect((await sendSigned(second, { ...cors, method: 'DELETE' })).status).toBe(204)
  expect((await preflight(second)).status).toBe(403)
  expect(element(await sendSigned(second, cors), 'Code')).toBe('NoSuchCORSConfiguration')
})

test('keeps STS keys off the rules, whatever their policy', async () => {
  const server = await startTestServer()
  const as = addStsKey(server)
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const reply = await sendSigned(server, { method, query: { cors: '' }, as, body: XML })
    expect([reply.status, element(reply, 'Code')]).toEqual([403, 'AccessDenied'])
  }
})

test.each([
  ['two asterisks', XML.replace(ORIGIN, 'http://*.example.com:*')],
  ['a wildcard to expose', XML.replace('ETag', '*')],
  ['an unknown method', XML.replace('>PUT<', '>PATCH<')],
  ['no rule', '<CORSConfiguration></CORSConfiguration>'],
  ['broken XML', '<CORSConfiguration>'],
])('refuses rules with %s', async (_name, body) => {
  const server = await startTestServer()
  const reply = await sendSigned(server, { method: 'PUT', query: { cors: '' }, body })
  expect([reply.status, element(reply, 'Code')]).toEqual([400, 'MalformedXML'])
})
