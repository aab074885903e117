import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AppServerConfig } from './app-server-config.js'
import { ask, cookieOf } from './ask.js'
import { type AppServer, startAppServer } from './server.js'

const base: AppServerConfig = {
  port: 0,
  region: 'oss-cn-hangzhou',
  bucket: 'my-bucket',
  roleArn: 'acs:ram::1234567890123456:role/uploader',
  accessKeyId: 'LTAItest',
  accessKeySecret: 'test-secret',
}
let staticDir: string
let app: AppServer

beforeAll(async () => {
  staticDir = await mkdtemp(join(tmpdir(), 'app-server-'))
  await writeFile(join(staticDir, 'index.html'), '<!doctype html><title>demo</title>')
  await writeFile(join(staticDir, 'page.js'), 'export {}')
  await writeFile(join(staticDir, '.secret'), 'x')
  app = await startAppServer({ ...base, staticDir })
})
afterAll(async () => {
  await app.close()
  await rm(staticDir, { recursive: true })
})

describe('the page', () => {
  it('comes with a policy that leaves it its own files and one OSS origin', async () => {
    const { status, text, headers } = await ask(`${app.url}/`)
    expect(status).toBe(200)
    expect(text).toContain('<title>demo</title>')
    expect(headers['content-type']).toMatch(/^text\/html/)
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; worker-src 'self'; " +
        "connect-src 'self' https://my-bucket.oss-cn-hangzhou.aliyuncs.com; style-src 'self'; " +
        "img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types oss-direct-upload",
    )
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    })
  })

  it('begins the session with which it will ask for credentials', async () => {
    const page = await ask(`${app.url}/`)
    const again = await ask(`${app.url}/`, { cookie: cookieOf(page) })
    expect(cookieOf(page)).toMatch(/^oss_demo_session=/)
    expect(again.headers['set-cookie']).toBeUndefined()
    expect((await ask(`${app.url}/page.js`)).headers['set-cookie']).toBeUndefined()
  })

  it('comes without files that begin with a dot, and from nowhere outside its folder', async () => {
    for (const path of ['/.secret', '/../package.json', '/%2e%2e/package.json', '/missing']) {
      expect((await ask(app.url + path)).status).toBe(404)
    }
    expect((await ask(`${app.url}/`, { method: 'POST' })).status).toBe(404)
    expect((await ask(`${app.url}/api/other`)).json['code']).toBe('not_found')
  })
})

describe('startAppServer', () => {
  it('rejects when the port is taken', async () => {
    const port = Number(new URL(app.url).port)
    await expect(startAppServer({ ...base, port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('does not listen where others can reach it unless told so', async () => {
    await expect(startAppServer({ ...base, host: '0.0.0.0' })).rejects.toThrow(/allowNonLoopback/)
  })

  it('says everything that is wrong with its configuration', async () => {
    const wrong = { ...base, bucket: '', user: '../7', staticDir: '/nowhere' }
    const problems = ['bucket', 'staticDir', 'user'].map((name) =>
      expect.stringMatching(`^${name} `),
    )
    await expect(startAppServer(wrong)).rejects.toMatchObject({ problems })
  })
})
