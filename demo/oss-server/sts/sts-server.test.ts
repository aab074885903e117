import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeyRing, type Policy } from '../keys.js'
import { acs3, answerOf, now, role, trusted } from './signed-calls.js'
import { type StsServer, startStsServer } from './sts-server.js'

const keys = createKeyRing({ ...trusted, policies: [] })
const rolePolicy: Policy = {
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: 'oss:*', Resource: 'acs:oss:*:*:my-bucket/*' }],
}
const sessionPolicy: Policy = {
  Version: '1',
  Statement: [
    { Effect: 'Allow', Action: 'oss:PutObject', Resource: 'acs:oss:*:*:my-bucket/u/42/*' },
  ],
}
let server: StsServer

beforeAll(async () => {
  server = await startStsServer({ port: 0, keys, now: () => now, rolePolicy, trusted })
})
afterAll(() => server.close())

describe('AssumeRole', () => {
  it('mints a key that the ring knows, with the rights of role and session', async () => {
    const { status, body } = await acs3(server.endpoint, {
      ...role,
      Policy: JSON.stringify(sessionPolicy),
    })
    expect(status).toBe(200)
    const { AccessKeyId, AccessKeySecret, SecurityToken, Expiration } = body.Credentials
    expect(AccessKeyId).toMatch(/^STS\.N/)
    expect(SecurityToken.length).toBeGreaterThan(700)
    expect(Expiration).toBe('2025-01-02T04:04:05Z')
    expect(body.AssumedRoleUser.Arn).toBe('acs:ram::1234567890123456:role/uploader/u-42')
    expect(body.AssumedRoleUser.AssumedRoleId).toMatch(/^3\d{17}:u-42$/)
    expect(keys.find(AccessKeyId)).toEqual({
      accessKeyId: AccessKeyId,
      accessKeySecret: AccessKeySecret,
      securityToken: SecurityToken,
      expiresAt: Date.parse(Expiration),
      policies: [rolePolicy, sessionPolicy],
    })
  })

  it('gives the full rights of the role when no policy is sent', async () => {
    const { body } = await acs3(server.endpoint, { ...role, DurationSeconds: '900' })
    const key = keys.find(body.Credentials.AccessKeyId)
    expect(key?.policies).toEqual([rolePolicy])
    expect(key?.expiresAt).toBe(Date.parse('2025-01-02T03:19:05Z'))
  })

  it('gives a different key and token to each call', async () => {
    const [one, two] = await Promise.all([acs3(server.endpoint, role), acs3(server.endpoint, role)])
    for (const field of ['AccessKeyId', 'AccessKeySecret', 'SecurityToken'] as const) {
      expect(one.body.Credentials[field]).not.toBe(two.body.Credentials[field])
    }
  })

  it.each([
    ['MissingRoleArn', { RoleArn: '' }],
    ['InvalidParameter.RoleArn', { RoleArn: 'acs:ram::abc:role/uploader' }],
    ['InvalidParameter.RoleArn', { RoleArn: 'acs:ram::1:user/uploader' }],
    ['MissingRoleSessionName', { RoleSessionName: '' }],
    ['InvalidParameter.RoleSessionName', { RoleSessionName: 'x' }],
    ['InvalidParameter.RoleSessionName', { RoleSessionName: 'a b' }],
    ['InvalidParameter.RoleSessionName', { RoleSessionName: 'x'.repeat(65) }],
    ['InvalidParameter.DurationSeconds', { DurationSeconds: '899' }],
    ['InvalidParameter.DurationSeconds', { DurationSeconds: '43201' }],
    ['InvalidParameter.DurationSeconds', { DurationSeconds: '9e3' }],
    ['InvalidParameter.PolicyGrammar', { Policy: '{"Version":"1"}' }],
    ['InvalidParameter.PolicyGrammar', { Policy: '' }],
    ['InvalidParameter.PolicySize', { Policy: ' '.repeat(2049) }],
    ['InvalidParameter.ExternalId', { ExternalId: 'x' }],
  ])('answers 400 %s to %j', async (code, change) => {
    expect(await acs3(server.endpoint, { ...role, ...change })).toMatchObject({ status: 400, code })
  })

  it('accepts the bounds of what it allows', async () => {
    const text = JSON.stringify(sessionPolicy)
    const longest = {
      RoleSessionName: 'u@'.repeat(32),
      DurationSeconds: '43200',
      Policy: text.padEnd(2048),
      ExternalId: 'a'.repeat(1224),
    }
    expect(await acs3(server.endpoint, { ...role, ...longest })).toMatchObject({ status: 200 })
  })

  it('answers in XML when asked to', async () => {
    const { text } = await acs3(server.endpoint, { ...role, Format: 'XML' })
    expect(text).toMatch(/<AssumeRoleResponse><RequestId>[\dA-F-]{36}<\/RequestId>/)
    expect(text).toMatch(/<Credentials><AccessKeyId>STS\.[^<]+<\/AccessKeyId>/)
    const refused = await acs3(server.endpoint, { ...role, RoleArn: '<&>', Format: 'xml' })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('<Code>InvalidParameter.RoleArn</Code>')
  })
})

describe('the HTTP door', () => {
  it('answers on every name of this machine', async () => {
    const { port } = new URL(server.endpoint)
    for (const host of ['localhost', '127.0.0.1']) {
      expect((await fetch(`http://${host}:${port}/`)).status).toBe(404)
    }
  })

  it('refuses a parameter given twice, another path, another method and a huge body', async () => {
    const { endpoint } = server
    const statusOf = async (path: string, init?: RequestInit) =>
      (await answerOf(await fetch(endpoint + path, init))).code
    expect(await statusOf('/?RoleArn=a&RoleArn=b')).toBe('InvalidParameter')
    expect(await statusOf('/other?Action=AssumeRole')).toBe('InvalidAction.NotFound')
    expect(await statusOf('//')).toBe('InvalidAction.NotFound')
    expect(await statusOf('/', { method: 'DELETE' })).toBe('UnsupportedHTTPMethod')
    expect(await statusOf('/', { method: 'POST', body: 'x'.repeat(70_000) })).toBe(
      'RequestEntityTooLarge',
    )
  })

  it('rejects when the port is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => squatter.once('listening', resolve))
    const { port } = squatter.address() as AddressInfo
    await expect(startStsServer({ port, keys, now: Date.now, trusted })).rejects.toThrow(
      /EADDRINUSE/,
    )
    squatter.close()
  })

  it('is gone after close', async () => {
    const other = await startStsServer({ port: 0, keys, now: Date.now, trusted })
    await other.close()
    await expect(fetch(other.endpoint)).rejects.toThrow()
  })
})
