import { expect, test } from 'vitest'
import { canonicalRequest, sign, stringToSign } from './canonical-request.js'
import type { OssServer } from './server.js'
import { element, type RawReply, send, sendSigned } from './testing/raw-client.js'
import { addStsKey, BUCKET, OWNER, REGION, startTestServer } from './testing/test-server.js'

const NOW = Date.UTC(2025, 0, 2, 3, 4, 5)
const DATETIME = '20250102T030405Z'
const SCOPE = `20250102/${REGION}/oss/aliyun_v4_request`

function startStopped(): Promise<OssServer> {
  return startTestServer({ now: () => NOW })
}

/** The two codes that tell one refusal from another. */
function refusal(reply: RawReply): (string | number | undefined)[] {
  return [reply.status, element(reply, 'Code'), element(reply, 'EC')]
}

function signature(canonicalHeaders: Record<string, string>, additionalHeaders: string[] = []) {
  const canonical = canonicalRequest({
    method: 'GET',
    bucket: BUCKET,
    key: 'k',
    query: [],
    headers: canonicalHeaders,
    additionalHeaders,
  })
  return sign(stringToSign(canonical, DATETIME, REGION), OWNER.accessKeySecret, '20250102', REGION)
}

const BASE = { 'x-oss-date': DATETIME, 'x-oss-content-sha256': 'UNSIGNED-PAYLOAD' }
const CREDENTIAL = `Credential=${OWNER.accessKeyId}/${SCOPE}`
const VALID = `OSS4-HMAC-SHA256 ${CREDENTIAL},Signature=${signature(BASE)}`

test('refuses a request nobody signed', async () => {
  const server = await startStopped()
  const reply = await send(server, { path: '/k' })
  expect(refusal(reply)).toEqual([403, 'AccessDenied', '0003-00000001'])
})

test.each([
  ['with the fields in the documented order', VALID],
  ['with spaces after the commas', VALID.replace(',', ', ')],
  [
    'with the fields in another order',
    `OSS4-HMAC-SHA256 Signature=${signature(BASE)}, ${CREDENTIAL}`,
  ],
])('accepts an Authorization header %s', async (_name, authorization) => {
  const server = await startStopped()
  const reply = await send(server, {
    path: '/k',
    headers: { ...BASE, AUTHORIZATION: authorization },
  })
  expect(refusal(reply)).toEqual([404, 'NoSuchKey', '0026-00000001'])
})

test('accepts additional headers, and refuses an empty list or an absent header', async () => {
  const server = await startStopped()
  const host = `${BUCKET}.localhost`
  const signed = signature({ ...BASE, host }, ['host'])
  const ask = (additional: string) =>
    send(server, {
      host,
      path: '/k',
      headers: {
        ...BASE,
        Authorization: `OSS4-HMAC-SHA256 ${CREDENTIAL},AdditionalHeaders=${additional},Signature=${signed}`,
      },
    })
  expect((await ask('host')).status).toBe(404)
  expect((await ask('Host;x-oss-date')).status).toBe(404)
  expect(refusal(await ask(''))).toEqual([400, 'InvalidArgument', '0002-00000209'])
  expect(refusal(await ask('host;x-absent'))).toEqual([400, 'InvalidArgument', undefined])
})

test.each([
  [{ Authorization: 'OSS4-HMAC-SHA256 Signature=ab' }, 400, 'InvalidArgument', '0002-00000202'],
  [{ Authorization: 'Bearer x' }, 400, 'InvalidArgument', '0002-00000202'],
  [{ Authorization: `${VALID},Unknown=1` }, 400, 'InvalidArgument', '0002-00000204'],
  [{ Authorization: VALID.replace('_v4_', '_v5_') }, 400, 'InvalidArgument', '0002-00000213'],
  [{ Authorization: VALID.replace(REGION, 'cn-beijing') }, 400, 'InvalidArgument', '0002-00000228'],
  [{ 'x-oss-content-sha256': 'abc' }, 400, 'InvalidArgument', '0002-00000214'],
  [{ 'x-oss-date': '' }, 403, 'AccessDenied', '0002-00000503'],
  [{ 'x-oss-date': 'Thu, 02 Jan 2025 03:04:05 GMT' }, 403, 'AccessDenied', '0002-00000502'],
  [{ 'x-oss-date': '20250103T030405Z' }, 400, 'InvalidArgument', '0002-00000212'],
  [{ 'x-oss-date': '20250102T024904Z' }, 403, 'RequestTimeTooSkewed', '0002-00000504'],
  [{ Authorization: VALID.replace('LTAI', 'LTAX') }, 403, 'InvalidAccessKeyId', '0002-00000902'],
  [{ 'x-oss-security-token': 'x' }, 403, 'InvalidSecurityToken', '0002-00000008'],
  [{ 'content-type': 'text/plain' }, 403, 'SignatureDoesNotMatch', '0002-00000201'],
  [{ 'x-oss-meta-a': 'unsigned' }, 403, 'SignatureDoesNotMatch', '0002-00000201'],
])('refuses %j', async (headers, ...wanted) => {
  const server = await startStopped()
  const all = { ...BASE, Authorization: VALID, ...(headers as Record<string, string>) }
  expect(refusal(await send(server, { path: '/k', headers: all }))).toEqual(wanted)
})

test('lets the first of several faults decide: syntax, date, skew, key, token, signature', async () => {
  const server = await startStopped()
  const wrong: [string, Record<string, string>][] = [
    ['InvalidArgument', { Authorization: 'OSS4-HMAC-SHA256 x' }],
    ['AccessDenied', { 'x-oss-date': 'never' }],
    ['RequestTimeTooSkewed', { 'x-oss-date': '20250102T000000Z' }],
    ['InvalidAccessKeyId', { Authorization: VALID.replace('LTAI', 'LTAX') }],
    ['InvalidSecurityToken', { 'x-oss-security-token': 'x' }],
    ['SignatureDoesNotMatch', { 'content-type': 'text/plain' }],
  ]
  for (let from = 0; from < wrong.length; from += 1) {
    const faults = wrong.slice(from).reverse()
    const headers = Object.assign({ ...BASE, Authorization: VALID }, ...faults.map(([, h]) => h))
    expect(element(await send(server, { path: '/k', headers }), 'Code')).toBe(wrong[from]?.[0])
  }
})

test('says what it signed and what it knows of the time', async () => {
  const server = await startStopped()
  const unsigned = { ...BASE, Authorization: VALID, 'content-type': 'text/plain' }
  const mismatch = await send(server, { path: '/k', headers: unsigned })
  expect(element(mismatch, 'OSSAccessKeyId')).toBe(OWNER.accessKeyId)
  expect(element(mismatch, 'SignatureProvided')).toBe(signature(BASE))
  expect(element(mismatch, 'CanonicalRequest')).toMatch(/\/k\n\ncontent-type:text\/plain\n/)
  const text = element(mismatch, 'StringToSign') ?? ''
  const bytes = element(mismatch, 'StringToSignBytes')?.replaceAll(' ', '') ?? ''
  expect(Buffer.from(bytes, 'hex').toString()).toBe(text)

  const skewed = await sendSigned(server, { key: 'k', at: NOW - 3_600_000 })
  expect(element(skewed, 'MaxAllowedSkewMilliseconds')).toBe('900000')
  expect(element(skewed, 'RequestTime')).toBe('2025-01-02T02:04:05.000Z')
  expect(element(skewed, 'ServerTime')).toBe('2025-01-02T03:04:05.000Z')
  expect(skewed.headers['date']).toBe('Thu, 02 Jan 2025 03:04:05 GMT')
})

function presigned(
  changes: Record<string, string | undefined>,
  secret = OWNER.accessKeySecret,
): string {
  const query: Record<string, string> = {
    'x-oss-signature-version': 'OSS4-HMAC-SHA256',
    'x-oss-credential': `${OWNER.accessKeyId}/${SCOPE}`,
    'x-oss-date': DATETIME,
    'x-oss-expires': '60',
  }
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete query[name]
    else query[name] = value
  }
  const canonical = canonicalRequest({
    method: 'GET',
    bucket: BUCKET,
    key: 'k',
    query: Object.entries(query),
    headers: {},
    additionalHeaders: [],
  })
  const text = stringToSign(canonical, query['x-oss-date'] ?? '', REGION)
  const signed = sign(text, secret, '20250102', REGION)
  return `/k?${new URLSearchParams({ ...query, 'x-oss-signature': signed })}`
}

test.each([
  [{}, 404, 'NoSuchKey', '0026-00000001'],
  [{ 'x-oss-date': '20250102T030306Z' }, 404, 'NoSuchKey', '0026-00000001'],
  [{ 'x-oss-date': '20250102T030304Z' }, 403, 'AccessDenied', '0002-00000069'],
  [{ 'x-oss-date': '20250102T031906Z' }, 403, 'AccessDenied', '0002-00000235'],
  [{ 'x-oss-expires': '0' }, 400, 'InvalidArgument', '0002-00000232'],
  [{ 'x-oss-expires': '604801' }, 400, 'InvalidArgument', '0002-00000232'],
  [{ 'x-oss-expires': '' }, 400, 'InvalidArgument', '0002-00000216'],
  [{ 'x-oss-expires': undefined }, 400, 'InvalidArgument', '0002-00000215'],
  [{ 'x-oss-additional-headers': '' }, 400, 'InvalidArgument', '0002-00000210'],
])('judges a presigned URL with %j', async (changes, ...wanted) => {
  const server = await startStopped()
  const reply = await send(server, { path: presigned(changes) })
  expect(refusal(reply)).toEqual(wanted)
})

test('refuses a presigned URL with a changed parameter, or none at all', async () => {
  const server = await startStopped()
  const changed = presigned({}).replace('expires=60', 'expires=61')
  expect(element(await send(server, { path: changed }), 'Code')).toBe('SignatureDoesNotMatch')
  const unsigned = presigned({}).replace(/&x-oss-signature=\w+/, '')
  expect(refusal(await send(server, { path: unsigned }))).toEqual([
    400,
    'InvalidArgument',
    '0002-00000219',
  ])
})

test('ends a presigned URL together with the token that signed it', async () => {
  let now = NOW
  const server = await startTestServer({ now: () => now })
  const key = addStsKey(server, { expiresAt: NOW + 30_000 })
  const path = presigned(
    {
      'x-oss-credential': `${key.accessKeyId}/${SCOPE}`,
      'x-oss-security-token': key.securityToken,
    },
    key.accessKeySecret,
  )
  expect((await send(server, { path })).status).toBe(404)
  now += 30_000
  expect(element(await send(server, { path }), 'Code')).toBe('SecurityTokenExpired')
})

test('refuses a request signed in the header and in the query', async () => {
  const server = await startStopped()
  const headers = { ...BASE, Authorization: VALID }
  const reply = await send(server, { path: presigned({}), headers })
  expect(refusal(reply).slice(0, 2)).toEqual([400, 'InvalidArgument'])
})

test('takes a valueless parameter with and without its equals sign', async () => {
  const server = await startStopped()
  const wire = { key: 'k', method: 'POST', query: { uploads: '' }, at: NOW }
  expect((await sendSigned(server, wire)).status).toBe(200)
  expect((await sendSigned(server, { ...wire, search: '?uploads=' })).status).toBe(200)
})

test('signs the bytes of a header that is not ASCII', async () => {
  const server = await startStopped()
  const value = Buffer.from('中à', 'utf8').toString('latin1')
  const put = { method: 'PUT', key: 'k', body: 'x', at: NOW, headers: { 'x-oss-meta-a': value } }
  expect((await sendSigned(server, put)).status).toBe(200)
  const head = await sendSigned(server, { method: 'HEAD', key: 'k', at: NOW })
  expect(head.headers['x-oss-meta-a']).toBe(value)
})
