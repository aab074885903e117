import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sign } from '../canonical-request.js'
import type { OssServer } from '../server.js'
import { crc64Of } from '../testing/bytes.js'
import { element, type RawReply, send } from '../testing/raw-client.js'
import {
  addStsKey,
  BUCKET,
  OWNER,
  REGION,
  startTestServer,
  temporaryFolder,
  uploadPolicy,
} from '../testing/test-server.js'

const NOW = Date.UTC(2025, 0, 2, 3, 4, 5)
const DATETIME = '20250102T030405Z'
const CREDENTIAL = `${OWNER.accessKeyId}/20250102/${REGION}/oss/aliyun_v4_request`

interface Form {
  /** Fields behind the file. */
  behind?: [name: string, value: File | string][]
  fields?: Record<string, string>
  conditions?: unknown[]
  expiration?: string
  file?: File | string | undefined
  secret?: string
}

function startStopped(dataDir?: string): Promise<OssServer> {
  return startTestServer({ now: () => NOW, ...(dataDir === undefined ? {} : { dataDir }) })
}

async function submit(server: OssServer, form: Form): Promise<RawReply> {
  const policy = Buffer.from(
    JSON.stringify({
      expiration: form.expiration ?? '2025-01-02T03:05:00.000Z',
      conditions: form.conditions ?? [{ bucket: BUCKET }],
    }),
  ).toString('base64')
  const secret = form.secret ?? OWNER.accessKeySecret
  const fields = {
    key: 'user/42/${filename}',
    policy,
    'x-oss-signature-version': 'OSS4-HMAC-SHA256',
    'x-oss-credential': CREDENTIAL,
    'x-oss-date': DATETIME,
    'x-oss-signature': sign(policy, secret, '20250102', REGION),
    ...form.fields,
  }
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  const file = 'file' in form ? form.file : new File(['hello'], 'a.txt', { type: 'text/plain' })
  if (file !== undefined) data.set('file', file)
  for (const [name, value] of form.behind ?? []) data.append(name, value)
  const encoded = new Response(data)
  return send(server, {
    method: 'POST',
    headers: { 'Content-Type': encoded.headers.get('content-type') ?? '' },
    body: Buffer.from(await encoded.arrayBuffer()),
  })
}

test('stores the file with what the fields say of it', async () => {
  const server = await startStopped()
  const fields = {
    'Cache-Control': 'no-cache',
    'X-OSS-Meta-Author': 'alice',
    'x-oss-content-type': 'text/x-other',
  }
  const reply = await submit(server, { fields })
  expect([reply.status, reply.body.length]).toEqual([204, 0])
  expect(reply.headers['x-oss-hash-crc64ecma']).toBe(crc64Of(Buffer.from('hello')))
  expect(reply.headers['etag']).not.toContain('5D41402ABC4B2A76B9719D911017C592')
  const object = await server.readObject('user/42/a.txt')
  expect(object?.headers).toMatchObject({
    'content-type': 'text/x-other',
    'cache-control': 'no-cache',
    'x-oss-meta-author': 'alice',
  })
  expect(server.requests).toMatchObject([{ operation: 'PostObject', status: 204 }])
})

test('answers as the form wants it', async () => {
  const server = await startStopped()
  const key = 'a b.txt'
  const plain = await submit(server, { fields: { key, success_action_status: '200' } })
  expect([plain.status, plain.body.length]).toEqual([200, 0])
  const created = await submit(server, { fields: { key, success_action_status: '201' } })
  expect([created.status, element(created, 'Key')]).toEqual([201, key])
  expect(element(created, 'ETag')).toBe(created.headers['etag'])
  const target = 'http://app.localhost/done?x=1'
  const redirected = await submit(server, { fields: { key, success_action_redirect: target } })
  expect(redirected.status).toBe(303)
  expect(redirected.headers['location']).toMatch(/^http:\/\/app\.localhost\/done\?x=1&bucket=/)
})

test.each([
  [['eq', '$key', 'user/42/a.txt'], 204],
  [['starts-with', '$key', 'user/42/'], 204],
  [['starts-with', '$key', 'user/43/'], 403],
  [{ KEY: 'user/42/a.txt' }, 204],
  [{ bucket: 'other-bucket' }, 403],
  [['in', '$content-type', ['image/png', 'text/plain']], 204],
  [['in', '$content-type', ['image/png']], 403],
  [['not-in', '$cache-control', ['no-cache']], 204],
  [['not-in', '$content-type', ['text/plain']], 403],
  [['eq', '$x-oss-meta-a', '1'], 403],
  [['content-length-range', 5, 5], 204],
  [['content-length-range', 0, 4], 400],
  [['content-length-range', 6, 9], 400],
  [['like', '$key', '*'], 400],
  [['eq', 'key', 'x'], 400],
])('judges a file by the condition %j', async (condition, status) => {
  const dataDir = await temporaryFolder()
  const server = await startStopped(dataDir)
  const reply = await submit(server, { conditions: [condition] })
  expect(reply.status).toBe(status)
  if (status === 403) expect(reply.text).toContain('Invalid according to Policy: Policy Condition')
  expect(await readdir(join(dataDir, BUCKET, 'blobs'))).toHaveLength(status === 204 ? 1 : 0)
})

test.each<[string, Form, number, string]>([
  ['an expired policy', { expiration: '2025-01-02T03:04:05.000Z' }, 403, 'AccessDenied'],
  ['a policy without an end', { expiration: 'soon' }, 400, 'InvalidPolicyDocument'],
  ['a policy without conditions', { conditions: [] }, 400, 'InvalidPolicyDocument'],
  ['a wrong secret', { secret: 'wrong' }, 403, 'SignatureDoesNotMatch'],
  ['no policy', { fields: { policy: '' } }, 403, 'AccessDenied'],
  ['no key', { fields: { key: '' } }, 400, 'InvalidArgument'],
  ['a key that begins with a slash', { fields: { key: '/k' } }, 400, 'InvalidObjectName'],
  ['no file', { file: undefined }, 400, 'IncorrectNumberOfFilesInPOSTRequest'],
  ['a version 1 signature', { fields: { OSSAccessKeyId: 'x' } }, 403, 'AccessDenied'],
  [
    'a date of another day',
    { fields: { 'x-oss-date': '20250101T000000Z' } },
    400,
    'InvalidArgument',
  ],
  ['a date too far ahead', { fields: { 'x-oss-date': '20250102T032000Z' } }, 403, 'AccessDenied'],
  ['a long field', { fields: { 'x:a': 'x'.repeat(2_100_000) } }, 400, 'FieldItemTooLong'],
])('refuses a form with %s', async (_name, form, status, code) => {
  const server = await startStopped()
  const reply = await submit(server, form)
  expect([reply.status, element(reply, 'Code')]).toEqual([status, code])
})

test('ignores fields behind the file, and refuses a second file', async () => {
  const server = await startStopped()
  const late = await submit(server, { behind: [['x-oss-meta-late', '1']] })
  expect(late.status).toBe(204)
  const object = await server.readObject('user/42/a.txt')
  expect(object?.headers['x-oss-meta-late']).toBeUndefined()
  const second = await submit(server, { behind: [['file', new File(['2'], 'b.txt')]] })
  expect(element(second, 'Code')).toBe('IncorrectNumberOfFilesInPOSTRequest')
})

test('refuses what is no form', async () => {
  const server = await startStopped()
  const reply = await send(server, { method: 'POST', body: '{}' })
  expect(element(reply, 'Code')).toBe('RequestIsNotMultiPartContent')
})

test('holds a form to the session policy of its key', async () => {
  const server = await startStopped()
  const key = addStsKey(server, { policies: [uploadPolicy('user/42/')] })
  const form = (name: string): Form => ({
    secret: key.accessKeySecret,
    fields: {
      key: name,
      'x-oss-credential': CREDENTIAL.replace(OWNER.accessKeyId, key.accessKeyId),
      'x-oss-security-token': key.securityToken,
    },
  })
  expect((await submit(server, form('user/42/a'))).status).toBe(204)
  expect(element(await submit(server, form('user/43/a')), 'Code')).toBe('AccessDenied')
  const open = form('user/42/a')
  const reply = await submit(server, {
    ...open,
    fields: { ...open.fields, 'x-oss-object-acl': 'public-read' },
  })
  expect(element(reply, 'AuthAction')).toBe('oss:PutObjectAcl')
})
