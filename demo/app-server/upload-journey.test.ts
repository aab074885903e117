import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OSS from 'ali-oss'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OssServer, startOssServer } from '../oss-server/server.js'
import { ask, askForCredentials, loopbackAgent } from './ask.js'
import { type AppServer, startAppServer } from './server.js'

/** The app server against the local OSS, with the vendor SDK in the place of the page. */
const key = { accessKeyId: 'LTAItest', accessKeySecret: 'test-secret' }
const place = { bucket: 'my-bucket', region: 'cn-hangzhou' }
let dataDir: string
let oss: OssServer
let app: AppServer

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'oss-data-'))
  oss = await startOssServer({ ...key, ...place, dataDir })
  app = await startAppServer({
    ...key,
    ...place,
    port: 0,
    user: '42',
    allowGetObject: false,
    ossEndpoint: oss.endpoint,
    stsEndpoint: oss.stsEndpoint,
    roleArn: 'acs:ram::1234567890123456:role/uploader',
  })
})
afterAll(async () => {
  await app.close()
  await oss.close()
  await rm(dataDir, { recursive: true })
})

async function clientOfThePage(): Promise<OSS> {
  const {
    accessKeyId = '',
    accessKeySecret = '',
    securityToken,
  } = (await askForCredentials(app.url)).json
  const options = {
    ...place,
    accessKeyId,
    accessKeySecret,
    stsToken: securityToken,
    endpoint: oss.endpoint,
    authorizationV4: true,
    // The published types do not know this one.
    agent: loopbackAgent(),
  }
  return new OSS(options)
}

async function linkTo(objectKey: string): Promise<string> {
  const reply = await ask(`${app.url}/api/oss/open?key=${encodeURIComponent(objectKey)}`)
  return reply.headers.location ?? ''
}

describe('credentials of the app server', () => {
  const objectKey = "u/42/a b+c%中/é~!*'().txt"

  it('let the page upload below its prefix, and nowhere else', async () => {
    const client = await clientOfThePage()
    await client.put(objectKey, Buffer.from('hello'))
    await expect(client.put('u/7/stolen', Buffer.from('x'))).rejects.toMatchObject({ status: 403 })
    await expect(client.delete(objectKey)).rejects.toMatchObject({ status: 403 })
    await expect(client.get(objectKey)).rejects.toMatchObject({ status: 403 })
  })

  it('let its user open what was uploaded, as the type we say and not the type it claims', async () => {
    const client = await clientOfThePage()
    await client.put('u/42/page.txt', Buffer.from('<script>'), { mime: 'text/html' })
    const shown = await ask(await linkTo('u/42/page.txt'))
    expect(shown).toMatchObject({ status: 200, text: '<script>' })
    expect(shown.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(await ask(await linkTo(objectKey))).toMatchObject({ status: 200, text: 'hello' })
  })

  it('make a link worthless for anything but its own object', async () => {
    const link = await linkTo('u/42/page.txt')
    expect((await ask(link.replace('page.txt', 'other.txt'))).status).toBe(403)
    expect((await ask(link.replace('text%2Fplain', 'text%2Fhtml'))).status).toBe(403)
  })
})
