import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OSS from 'ali-oss'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ask, askForCredentials, cookieOf, loopbackAgent } from '../demo/app-server/ask.js'
import { type Demo, startDemo } from './run-demo.js'

const namesBefore = new Set(Object.keys(process.env))
let folder: string
let demo: Demo | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-demo-'))
  writeFileSync(join(folder, 'index.html'), '<title>demo</title>')
})
afterEach(async () => {
  await demo?.close()
  demo = undefined
  rmSync(folder, { recursive: true })
  // What the env file brought.
  for (const name of Object.keys(process.env)) if (!namesBefore.has(name)) delete process.env[name]
})

async function start(): Promise<string> {
  demo = await startDemo({
    dataDir: join(folder, 'data'),
    staticDir: folder,
    envFile: join(folder, '.env'),
  })
  return factOf(demo, 'Page')
}

const factOf = ({ facts }: Demo, wanted: string) =>
  facts.find(([name]) => name === wanted)?.[1] ?? ''

/** The vendor's client in the place of the page. */
async function putAsPage(url: string, cookie: string, name: string, text: string): Promise<string> {
  const config = (await ask(`${url}/api/oss/config`, { cookie })).json
  const { json } = await askForCredentials(url, { cookie })
  const options = {
    accessKeyId: json['accessKeyId'] ?? '',
    accessKeySecret: json['accessKeySecret'] ?? '',
    stsToken: json['securityToken'] ?? '',
    bucket: config['bucket'] ?? '',
    region: config['region'] ?? '',
    endpoint: config['endpoint'] ?? '',
    authorizationV4: true,
    // The published types do not know this one.
    agent: loopbackAgent(),
  }
  const key = `${json['prefix']}${name}`
  await new OSS(options).put(key, Buffer.from(text))
  return key
}

describe('the local demo', () => {
  test('shows the page and keeps what was uploaded over a restart', async () => {
    const url = await start()
    const page = await ask(url)
    expect(page).toMatchObject({ status: 200, text: '<title>demo</title>' })
    const cookie = cookieOf(page)
    const key = await putAsPage(url, cookie, 'a.txt', 'hello')

    await demo?.close()
    const again = await start()
    const open = `${again}/api/oss/open?key=${encodeURIComponent(key)}`
    const link = (await ask(open, { cookie })).headers.location ?? ''
    expect(await ask(link)).toMatchObject({ status: 200, text: 'hello' })
  })

  test('runs twice at a time, on other ports and in a folder of its own', async () => {
    const url = await start()
    const first = demo
    try {
      expect(await start()).not.toBe(url)
      expect((await ask(url)).status).toBe(200)
      if (demo) expect(factOf(demo, 'Objects')).toBe(join(folder, 'data', '2'))
    } finally {
      await first?.close()
    }
  })
})

describe('with an env file', () => {
  test('that is incomplete, the demo says what is missing', async () => {
    writeFileSync(join(folder, '.env'), 'OSS_BUCKET=my-bucket\n')
    await expect(start()).rejects.toThrow('STS_ROLE_ARN')
  })

  test('that names a bucket and a role, only the app server runs', async () => {
    writeFileSync(
      join(folder, '.env'),
      'OSS_REGION=cn-beijing\nOSS_BUCKET=my-bucket\nSTS_ROLE_ARN=acs:ram::1234567890123456:role/x\n',
    )
    const { json } = await ask(`${await start()}/api/oss/config`)
    expect(json).toMatchObject({ region: 'cn-beijing', bucket: 'my-bucket' })
    expect(demo?.facts.flat().join()).not.toContain(folder)
  })
})
