import { expect, test } from 'vitest'
import { randomBytes } from './testing/bytes.js'
import { addStsKey, startTestServer, uploadPolicy } from './testing/test-server.js'
import { sdk } from './testing/vendor-sdk.js'

const PART = 102_400

function code(value: string): object {
  return expect.objectContaining({ code: value })
}

test('refuses a wrong secret', async () => {
  const server = await startTestServer()
  const client = sdk(server, { accessKeySecret: 'wrong' })
  await expect(client.put('k', Buffer.from('x'))).rejects.toMatchObject({
    code: 'SignatureDoesNotMatch',
    status: 403,
  })
})

test('refuses signature version 1', async () => {
  const server = await startTestServer()
  const client = sdk(server, {}, { authorizationV4: false })
  await expect(client.put('k', Buffer.from('x'))).rejects.toMatchObject({
    code: 'AccessDenied',
    ecCode: '0002-00000080',
  })
})

test('refuses a signature for another region', async () => {
  const server = await startTestServer()
  const client = sdk(server, {}, { region: 'oss-cn-shanghai' })
  await expect(client.put('k', Buffer.from('x'))).rejects.toEqual(code('InvalidArgument'))
})

test('refuses an expired token, a wrong one, and none', async () => {
  const server = await startTestServer()
  const key = addStsKey(server, { expiresAt: Date.now() - 1 })
  await expect(sdk(server, key).put('k', Buffer.from('x'))).rejects.toEqual(
    code('SecurityTokenExpired'),
  )
  const other = sdk(server, { ...key, securityToken: 'other' })
  await expect(other.put('k', Buffer.from('x'))).rejects.toEqual(code('InvalidSecurityToken'))
  const { securityToken: _none, ...withoutToken } = key
  const bare = sdk(server, withoutToken)
  await expect(bare.put('k', Buffer.from('x'))).rejects.toEqual(code('InvalidAccessKeyId'))
})

test('refuses a clock more than 15 minutes off', async () => {
  for (const offMs of [-16 * 60_000, 16 * 60_000]) {
    const server = await startTestServer({ now: () => Date.now() + offMs })
    await expect(sdk(server).put('k', Buffer.from('x'))).rejects.toEqual(
      code('RequestTimeTooSkewed'),
    )
  }
})

test('keeps a session to the prefix and the actions of its policy', async () => {
  const server = await startTestServer()
  const client = sdk(server, addStsKey(server, { policies: [uploadPolicy('user/42/')] }))
  await client.multipartUpload('user/42/a.bin', randomBytes(3 * PART, 6), { partSize: PART })
  for (const refused of [
    () => client.put('user/4', Buffer.from('x')),
    () => client.initMultipartUpload('user/43/a.bin'),
    () => client.get('user/42/a.bin'),
    () => client.delete('user/42/a.bin'),
    () => client.listUploads({} as never),
    () => client.head('user/42/a.bin'),
  ]) {
    await expect(refused()).rejects.toMatchObject({ code: 'AccessDenied', status: 403 })
  }
})
