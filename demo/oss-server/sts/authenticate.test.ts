import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeyRing } from '../keys.js'
import { type Acs3Options, acs3, now, role, rpc, trusted } from './signed-calls.js'
import { type StsServer, startStsServer } from './sts-server.js'

let server: StsServer

beforeAll(async () => {
  const keys = createKeyRing({ ...trusted, policies: [] })
  server = await startStsServer({ port: 0, keys, now: () => now, trusted })
})
afterAll(() => server.close())

describe('the header signature', () => {
  it('covers a form body', async () => {
    expect(await acs3(server.endpoint, {}, { form: role })).toMatchObject({ status: 200 })
    const other = createHash('sha256').update('another body').digest('hex')
    const headers = { 'x-acs-content-sha256': other }
    expect(await acs3(server.endpoint, {}, { form: role, headers })).toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
  })

  it('may come with GET', async () => {
    expect(await acs3(server.endpoint, role, { method: 'GET' })).toMatchObject({ status: 200 })
  })

  it.each<[string, number, Acs3Options]>([
    ['SignatureDoesNotMatch', 400, { key: { ...trusted, accessKeySecret: 'guess' } }],
    ['InvalidAccessKeyId.NotFound', 404, { key: { ...trusted, accessKeyId: 'LTAIwho' } }],
    ['IncompleteSignature', 400, { unsigned: 'x-acs-signature-nonce' }],
    ['IncompleteSignature', 400, { unsigned: 'host' }],
    ['IncompleteSignature', 400, { authorization: 'ACS3-HMAC-SHA256 Credential=LTAItest' }],
    ['IncompleteSignature', 400, { authorization: 'Bearer x' }],
    ['InvalidAction.NotFound', 404, { headers: { 'x-acs-action': 'GetCallerIdentity' } }],
    ['InvalidVersion', 400, { headers: { 'x-acs-version': '2014-05-26' } }],
    ['InvalidTimeStamp.Format', 400, { headers: { 'x-acs-date': '20250102T030405Z' } }],
    ['InvalidTimeStamp.Expired', 400, { headers: { 'x-acs-date': '2025-01-02T02:49:04Z' } }],
    ['InvalidTimeStamp.Expired', 400, { headers: { 'x-acs-date': '2025-01-02T03:19:06Z' } }],
  ])('is refused with %s (%i): %j', async (code, status, options) => {
    expect(await acs3(server.endpoint, role, options)).toMatchObject({ status, code })
  })

  it('is fresh for fifteen minutes either way', async () => {
    for (const date of ['2025-01-02T02:49:06Z', '2025-01-02T03:19:05Z']) {
      expect(await acs3(server.endpoint, role, { headers: { 'x-acs-date': date } })).toMatchObject({
        status: 200,
      })
    }
  })

  it('works once: the same nonce is refused, but a wrong signature does not use it up', async () => {
    const headers = { 'x-acs-signature-nonce': randomUUID() }
    const key = { ...trusted, accessKeySecret: 'guess' }
    expect(await acs3(server.endpoint, role, { headers, key })).toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
    expect(await acs3(server.endpoint, role, { headers })).toMatchObject({ status: 200 })
    expect(await acs3(server.endpoint, role, { headers })).toMatchObject({
      status: 400,
      code: 'SignatureNonceUsed',
    })
  })
})

describe('the caller', () => {
  it('may not be an assumed role itself', async () => {
    const { Credentials } = (await acs3(server.endpoint, role)).body
    const key = {
      accessKeyId: Credentials.AccessKeyId,
      accessKeySecret: Credentials.AccessKeySecret,
    }
    const withToken = { ...key, securityToken: Credentials.SecurityToken }
    expect(await acs3(server.endpoint, role, { key: withToken })).toMatchObject({
      status: 403,
      code: 'NoPermission',
    })
    expect(await acs3(server.endpoint, role, { key })).toMatchObject({
      code: 'MissingSecurityToken',
    })
    expect(
      await acs3(server.endpoint, role, { key: { ...key, securityToken: 'CAIS' } }),
    ).toMatchObject({
      code: 'InvalidSecurityToken.MismatchWithAccessKey',
    })
  })
})

describe('the older signature', () => {
  it.each(['GET', 'POST'] as const)('is accepted with %s', async (method) => {
    expect(await rpc(server.endpoint, {}, { method })).toMatchObject({ status: 200 })
  })

  it.each([
    ['SignatureDoesNotMatch', { Signature: 'AAAA' }],
    ['MissingAccessKeyId', { AccessKeyId: '' }],
    ['MissingTimestamp', { Timestamp: '' }],
    ['MissingSignatureNonce', { SignatureNonce: '' }],
    ['IncompleteSignature', { SignatureMethod: 'HMAC-SHA256' }],
    ['InvalidTimeStamp.Expired', { Timestamp: '2025-01-02T02:00:00.000Z' }],
    ['InvalidAction.NotFound', { Action: 'GetCallerIdentity' }],
    ['InvalidVersion', { Version: '2014-05-26' }],
  ])('is refused with %s: %j', async (code, changes) => {
    expect(await rpc(server.endpoint, changes)).toMatchObject({ code })
  })

  it('is refused with a wrong secret, and the second time', async () => {
    expect(await rpc(server.endpoint, {}, { secret: 'guess' })).toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
    const once = { SignatureNonce: randomUUID() }
    expect(await rpc(server.endpoint, once)).toMatchObject({ status: 200 })
    expect(await rpc(server.endpoint, once)).toMatchObject({ code: 'SignatureNonceUsed' })
  })
})
