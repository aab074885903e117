import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeyRing, type KeyRing } from '../oss-server/keys.js'
import { type StsServer, startStsServer } from '../oss-server/sts/sts-server.js'
import type { AppServerConfig } from './app-server-config.js'
import { ask, askForCredentials, cookieOf } from './ask.js'
import { type AppServer, startAppServer } from './server.js'

const trusted = { accessKeyId: 'LTAItest', accessKeySecret: 'test-secret' }
const servers: { close(): Promise<void> }[] = []
let keys: KeyRing
let sts: StsServer
let app: AppServer

async function start(change: Partial<AppServerConfig> = {}): Promise<AppServer> {
  const server = await startAppServer({
    port: 0,
    region: 'cn-hangzhou',
    bucket: 'my-bucket',
    ossEndpoint: 'http://localhost:9100',
    stsEndpoint: sts.endpoint,
    roleArn: 'acs:ram::1234567890123456:role/uploader',
    ...trusted,
    ...change,
  })
  servers.push(server)
  return server
}

beforeAll(async () => {
  keys = createKeyRing({ ...trusted, policies: [] })
  sts = await startStsServer({ port: 0, keys, now: Date.now, trusted })
  app = await start()
})
afterAll(async () => {
  for (const server of servers) await server.close()
  await sts.close()
})

async function newSession(): Promise<string> {
  return cookieOf(await ask(`${app.url}/api/oss/config`))
}

describe('GET /api/oss/config', () => {
  it('says where to upload, and begins a session no script can read', async () => {
    const reply = await ask(`${app.url}/api/oss/config`)
    const { prefix, ...place } = reply.json
    expect(place).toEqual({
      region: 'cn-hangzhou',
      bucket: 'my-bucket',
      endpoint: 'http://localhost:9100',
    })
    expect(prefix).toMatch(/^u\/[\w-]{22}\/$/)
    const [cookie] = reply.headers['set-cookie'] ?? []
    expect(cookie).toMatch(
      /^oss_demo_session=[\w-]{22}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    )
    // The id opens the session; it must not show in keys.
    expect(prefix).not.toContain(cookieOf(reply).split('=')[1])
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store', vary: 'Origin, Cookie' })
  })

  it('gives one browser the same prefix again and another browser another one', async () => {
    const first = await ask(`${app.url}/api/oss/config`)
    const again = await ask(`${app.url}/api/oss/config`, { cookie: `a=b; ${cookieOf(first)}` })
    const other = await ask(`${app.url}/api/oss/config`, { cookie: 'oss_demo_session=../..' })
    expect(again.json).toEqual(first.json)
    expect(again.headers['set-cookie']).toBeUndefined()
    expect(other.json['prefix']).not.toBe(first.json['prefix'])
  })
})

describe('POST /api/oss/credentials', () => {
  it('hands out a key that can do what an upload needs, below the prefix of this user only', async () => {
    const cookie = await newSession()
    const { prefix } = (await ask(`${app.url}/api/oss/config`, { cookie })).json
    const reply = await askForCredentials(app.url, { cookie })
    expect(reply.status).toBe(200)
    expect(reply.headers['cache-control']).toBe('no-store')
    const { accessKeyId = '', ...rest } = reply.json
    const key = keys.find(accessKeyId)
    expect(rest).toEqual({
      accessKeySecret: key?.accessKeySecret,
      securityToken: key?.securityToken,
      expiration: new Date(key?.expiresAt ?? 0).toISOString().replace('.000', ''),
      prefix,
    })
    expect(key?.policies).toEqual([
      {
        Version: '1',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['oss:PutObject', 'oss:ListParts', 'oss:AbortMultipartUpload', 'oss:GetObject'],
            Resource: [`acs:oss:*:*:my-bucket/${prefix}*`],
          },
        ],
      },
    ])
  })

  it('repeats a grant for a first time only', async () => {
    const cookie = await newSession()
    const idFor = async (reason: string) =>
      (await askForCredentials(app.url, { cookie, reason })).json['accessKeyId']
    const first = await idFor('first')
    expect(await idFor('first')).toBe(first)
    const rejected = await idFor('rejected')
    expect(rejected).not.toBe(first)
    expect(await idFor('expiring')).not.toBe(rejected)
    const unsaid = await askForCredentials(app.url, { cookie, body: '' })
    expect(unsaid.json['accessKeyId']).not.toBe(await idFor('expiring'))
  })

  it.each([
    [401, 'no_session', { cookie: '' }],
    [401, 'no_session', { cookie: 'oss_demo_session=short' }],
    [415, 'unsupported_media_type', { headers: { 'content-type': 'text/plain' } }],
    [415, 'unsupported_media_type', { headers: { 'content-type': 'application/jsonp' } }],
    [400, 'bad_request', { body: '[]' }],
    [400, 'bad_request', { body: '{' }],
    [400, 'bad_request', { reason: 'because' }],
    [405, 'method_not_allowed', { method: 'GET', body: '' }],
    [403, 'cross_site', { headers: { 'sec-fetch-site': 'cross-site' } }],
    [403, 'cross_site', { headers: { 'sec-fetch-site': 'same-site' } }],
    [403, 'cross_site', { headers: { origin: 'http://evil.example' } }],
    [403, 'cross_site', { headers: { origin: 'null' } }],
    [403, 'cross_site', { headers: { origin: 'http://localhost:1' } }],
    [
      403,
      'unknown_host',
      { headers: { host: 'rebound.example', origin: 'http://rebound.example' } },
    ],
  ])('answers %i %s to %j', async (status, code, question) => {
    const cookie = await newSession()
    const reply = await askForCredentials(app.url, { cookie, ...question })
    expect(reply.status).toBe(status)
    expect(reply.json).toEqual({
      code,
      message: expect.any(String),
      requestId: reply.headers['x-request-id'],
    })
    expect(reply.headers).not.toHaveProperty('access-control-allow-origin')
  })

  it.each([5000, 1_000_000])('refuses a body of %i bytes', async (size) => {
    const reply = await askForCredentials(app.url, {
      cookie: await newSession(),
      body: 'x'.repeat(size),
    })
    expect(reply).toMatchObject({ status: 413, json: { code: 'body_too_large' } })
  })

  it('serves our own page under each name of this machine', async () => {
    const cookie = await newSession()
    for (const host of ['localhost:5173', '127.0.0.1:5173', '[::1]:5173']) {
      const headers = { host, origin: `http://${host}` }
      expect((await askForCredentials(app.url, { cookie, headers })).status).toBe(200)
    }
  })

  it('stops at sixty a minute and says when to come back', async () => {
    let now = Date.now()
    const { url } = await start({ user: '42', now: () => now })
    for (let i = 0; i < 60; i++) expect((await askForCredentials(url)).status).toBe(200)
    const refused = await askForCredentials(url)
    expect(refused.status).toBe(429)
    expect(refused.headers['retry-after']).toBe('60')
    now += 60_000
    expect((await askForCredentials(url)).status).toBe(200)
  })

  it('takes the user from the configuration where one is fixed', async () => {
    const { url } = await start({ user: '42', prefixRoot: 'test/', allowGetObject: false })
    const reply = await askForCredentials(url)
    expect(reply.json['prefix']).toBe('test/42/')
    const [policy] = keys.find(reply.json['accessKeyId'] ?? '')?.policies ?? []
    expect(policy?.Statement[0]?.Action).not.toContain('oss:GetObject')
    expect(reply.headers['set-cookie']).toBeUndefined()
  })
})

describe('an allowed origin', () => {
  const allowed = 'http://app.example:3000'

  it('may ask from its own page; nobody else is told so', async () => {
    const { url } = await start({ user: '42', allowedOrigins: [allowed] })
    const headers = { origin: allowed, 'sec-fetch-site': 'cross-site' }
    const reply = await askForCredentials(url, { headers })
    expect(reply.status).toBe(200)
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': allowed,
      'access-control-allow-credentials': 'true',
    })
    const other = await askForCredentials(url, { headers: { ...headers, origin: `${allowed}1` } })
    expect(other.status).toBe(403)
    expect(other.headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('gets its preflight answered', async () => {
    const { url } = await start({ user: '42', allowedOrigins: [allowed] })
    const preflight = (origin: string) =>
      ask(`${url}/api/oss/credentials`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'sec-fetch-site': 'cross-site',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      })
    const reply = await preflight(allowed)
    expect(reply.status).toBe(204)
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': allowed,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'Content-Type',
    })
    expect((await preflight('http://evil.example')).status).toBe(403)
  })
})

describe('GET /sts', () => {
  it('answers in the shape of older pages', async () => {
    const cookie = await newSession()
    const { json } = await ask(`${app.url}/sts`, { cookie })
    expect(Object.keys(json).sort()).toEqual([
      'AccessKeyId',
      'AccessKeySecret',
      'Expiration',
      'SecurityToken',
    ])
    expect(keys.find(json['AccessKeyId'] ?? '')?.securityToken).toBe(json['SecurityToken'])
  })

  it('is closed to other sites and to strangers', async () => {
    const cookie = await newSession()
    const headers = { 'sec-fetch-site': 'cross-site' }
    expect((await ask(`${app.url}/sts`, { cookie, headers })).status).toBe(403)
    expect((await ask(`${app.url}/sts`)).status).toBe(401)
  })
})

describe('GET /api/oss/open', () => {
  const linkTo = (url: string, key: string, cookie = '') =>
    ask(`${url}/api/oss/open?key=${encodeURIComponent(key)}`, { cookie })

  it('leads to an object of this user, signed for a minute with a key that can only read', async () => {
    const { url } = await start({ user: '42' })
    const reply = await linkTo(url, 'u/42/a b/photo.JPG')
    expect(reply.status).toBe(302)
    expect(reply.headers['cache-control']).toBe('no-store')
    const link = new URL(reply.headers.location ?? '')
    expect(link.origin).toBe('http://my-bucket.localhost:9100')
    expect(link.pathname).toBe('/u/42/a%20b/photo.JPG')
    expect(link.searchParams.get('x-oss-expires')).toBe('60')
    expect(link.searchParams.get('response-content-type')).toBe('image/jpeg')
    expect(link.searchParams.get('response-content-disposition')).toMatch(/^inline/)
    const [id = ''] = link.searchParams.get('x-oss-credential')?.split('/') ?? []
    const key = keys.find(id)
    expect(link.searchParams.get('x-oss-security-token')).toBe(key?.securityToken)
    expect(key?.policies[0]?.Statement[0]?.Action).toEqual(['oss:GetObject'])
  })

  it.each(['page.html', 'picture.svg', 'paper.pdf', 'noextension', 'a.png.exe'])(
    'lets %s be saved, never shown',
    async (name) => {
      const { url } = await start({ user: '42' })
      const link = new URL((await linkTo(url, `u/42/${name}`)).headers.location ?? '')
      expect(link.searchParams.get('response-content-type')).toBe('application/octet-stream')
      expect(link.searchParams.get('response-content-disposition')).toBe(
        `attachment; filename*=UTF-8''${name}`,
      )
    },
  )

  it.each([
    'u/7/a',
    'u/42',
    'u/42/',
    'u/420/a',
    '',
    'u/42/../7/a',
    'u/42/./a',
    `u/42/${'x'.repeat(1020)}`,
  ])('refuses "%s"', async (key) => {
    const { url } = await start({ user: '42' })
    const reply = await linkTo(url, key)
    expect(reply.status).toBe(403)
    expect(reply.json['code']).toBe('outside_prefix')
  })

  it('knows nobody without a session', async () => {
    expect((await linkTo(app.url, 'u/42/a')).status).toBe(401)
  })
})
