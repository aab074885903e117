import { createRequire } from 'node:module'
import OSS from 'ali-oss'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeyRing, type KeyRing } from '../keys.js'
import { type StsServer, startStsServer } from './sts-server.js'

// Both packages are CommonJS with a `default` inside: only `require` reads them alike under every runner.
const require = createRequire(import.meta.url)
const { default: StsClient, AssumeRoleRequest } =
  require('@alicloud/sts20150401') as typeof import('@alicloud/sts20150401')
const { $OpenApiUtil } =
  require('@alicloud/openapi-core') as typeof import('@alicloud/openapi-core')

const trusted = { accessKeyId: 'LTAItest', accessKeySecret: 'test-secret' }
const roleArn = 'acs:ram::1234567890123456:role/uploader'
const policy = JSON.stringify({
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: 'oss:PutObject', Resource: "acs:oss:*:*:b/u/中 (4')/*" }],
})
let keys: KeyRing
let server: StsServer

beforeAll(async () => {
  keys = createKeyRing({ ...trusted, policies: [] })
  server = await startStsServer({ port: 0, keys, now: Date.now, trusted })
})
afterAll(() => server.close())

describe('@alicloud/sts20150401', () => {
  const client = (accessKeySecret = trusted.accessKeySecret) =>
    new StsClient(
      new $OpenApiUtil.Config({
        ...trusted,
        accessKeySecret,
        endpoint: new URL(server.endpoint).host,
        protocol: 'http',
      }),
    )
  const request = new AssumeRoleRequest({
    roleArn,
    roleSessionName: 'u-42',
    durationSeconds: 900,
    policy,
  })

  it('obtains credentials', async () => {
    const { body } = await client().assumeRole(request)
    const key = keys.find(body?.credentials?.accessKeyId ?? '')
    expect(key?.securityToken).toBe(body?.credentials?.securityToken)
    expect(key?.policies).toEqual([JSON.parse(policy)])
  })

  it('hears the documented error', async () => {
    await expect(client('wrong').assumeRole(request)).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
      statusCode: 400,
    })
  })
})

describe('the STS class of ali-oss', () => {
  const client = (accessKeySecret = trusted.accessKeySecret) =>
    // The option exists; the published types do not know it.
    new OSS.STS(Object.assign({ ...trusted, accessKeySecret }, { endpoint: server.endpoint }))

  it('obtains credentials', async () => {
    const { credentials } = await client().assumeRole(roleArn, policy, 900, 'u-42')
    expect(keys.find(credentials.AccessKeyId)?.accessKeySecret).toBe(credentials.AccessKeySecret)
    expect(keys.find(credentials.AccessKeyId)?.policies).toEqual([JSON.parse(policy)])
  })

  it('hears the documented error', async () => {
    await expect(client('wrong').assumeRole(roleArn)).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
      status: 400,
    })
  })
})
