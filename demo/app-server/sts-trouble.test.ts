import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createKeyRing } from '../oss-server/keys.js'
import { startStsServer } from '../oss-server/sts/sts-server.js'
import { askForCredentials } from './ask.js'
import { startAppServer } from './server.js'

/** What STS says must reach the operator, and nobody else. */
const closers: (() => unknown)[] = []
const operator = vi.fn<(line: string) => void>()

beforeEach(() => {
  operator.mockReset()
  vi.spyOn(console, 'error').mockImplementation(operator)
})
afterEach(async () => {
  vi.restoreAllMocks()
  for (const close of closers.splice(0)) await close()
})

async function stsThatAnswers(status: number, body: unknown): Promise<string> {
  const server: Server = createServer((_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json;charset=utf-8' })
    response.end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function askWith(stsEndpoint: string) {
  const server = await startAppServer({
    port: 0,
    region: 'cn-hangzhou',
    bucket: 'my-bucket',
    roleArn: 'acs:ram::1234567890123456:role/uploader',
    accessKeyId: 'LTAItest',
    accessKeySecret: 'wrong-secret',
    user: '42',
    stsEndpoint,
  })
  closers.push(server.close)
  return askForCredentials(server.url)
}

describe('when STS gives no credentials', () => {
  it('tells the page to wait while the account is throttled', async () => {
    const endpoint = await stsThatAnswers(400, {
      Code: 'Throttling.User',
      Message: 'Request was denied due to user flow control.',
    })
    const reply = await askWith(endpoint)
    expect(reply.status).toBe(503)
    expect(reply.json['code']).toBe('sts_throttled')
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
    expect(reply.text).not.toContain('flow control')
  })

  it.each([
    [403, 'NoPermission', 'You are not authorized to do this action.'],
    [404, 'EntityNotExist.Role', 'The specified Role not exists.'],
    [400, 'InvalidParameter.PolicyGrammar', 'The parameter Policy has not passed grammar check.'],
  ])('keeps a refusal (%i %s) to the operator', async (status, code, message) => {
    const reply = await askWith(await stsThatAnswers(status, { Code: code, Message: message }))
    expect(reply.status).toBe(500)
    expect(reply.json['code']).toBe('sts_misconfigured')
    expect(reply.text).not.toContain(code)
    expect(reply.text).not.toContain(message)
    expect(operator).toHaveBeenCalledOnce()
    const [line] = operator.mock.lastCall ?? []
    expect(line).toContain(code)
    expect(line).toContain(message)
    expect(line).toContain(reply.json['requestId'])
  })

  it('says so when the secret is wrong, without the secret', async () => {
    const trusted = { accessKeyId: 'LTAItest', accessKeySecret: 'right-secret' }
    const keys = createKeyRing({ ...trusted, policies: [] })
    const sts = await startStsServer({ port: 0, keys, now: Date.now, trusted })
    closers.push(sts.close)
    const reply = await askWith(sts.endpoint)
    expect(reply.json['code']).toBe('sts_misconfigured')
    const [line] = operator.mock.lastCall ?? []
    expect(line).toContain('SignatureDoesNotMatch')
    expect(line).not.toContain('wrong-secret')
  })

  it('takes an answer without credentials for a wrong endpoint', async () => {
    const reply = await askWith(await stsThatAnswers(200, { hello: 'world' }))
    expect(reply.json['code']).toBe('sts_misconfigured')
  })

  it('is unavailable when STS is broken or not there', async () => {
    const broken = await askWith(await stsThatAnswers(500, { Code: 'InternalError', Message: '' }))
    expect(broken).toMatchObject({ status: 503, json: { code: 'sts_unavailable' } })
    // Nobody listens on port 9 of this machine.
    const absent = await askWith('http://127.0.0.1:9')
    expect(absent).toMatchObject({ status: 503, json: { code: 'sts_unavailable' } })
    expect(absent.headers['retry-after']).toBeDefined()
  })
})
