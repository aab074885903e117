import { expect, sha256OfObject } from '../support/fixtures.js'
import { PREFIX, startOss } from '../support/servers.js'
import { addKey, PART, test } from './fixtures.js'
import type { Credentials } from './sdk-page.js'

test('is refused a wrong secret, an expired token, a foreign one and version 1, and can read why', async ({
  page,
  oss,
  openSdk,
}) => {
  await openSdk(oss)
  const key = addKey(oss)
  const signers: Record<string, [Credentials, object?]> = {
    SignatureDoesNotMatch: [{ ...key, accessKeySecret: 'wrong' }],
    SecurityTokenExpired: [addKey(oss, Date.now() - 1)],
    InvalidSecurityToken: [{ ...key, securityToken: 'foreign' }],
    AccessDenied: [key, { authorizationV4: false }],
  }
  for (const [code, [credentials, options]] of Object.entries(signers)) {
    const refusal = await page.evaluate(
      async ({ credentials, options }) => {
        const client = await window.sdk(credentials, options)
        return window.refusalOf(client.put('refused.bin', window.sample(10, 6)))
      },
      { credentials, options },
    )
    expect(refusal).toMatchObject({
      code,
      status: 403,
      ecCode: expect.stringMatching(/^\d{4}-\d{8}$/),
      requestId: expect.stringMatching(/^[0-9A-F]{24}$/),
    })
  }
  expect(await oss.readObject('refused.bin')).toBeUndefined()
})

for (const offHours of [-1, 1]) {
  test(`corrects its clock when OSS is ${offHours} h off`, async ({ page, openSdk }) => {
    const oss = await startOss({ now: () => Date.now() + offHours * 3_600_000 })
    try {
      // Its app server would need the same clock to assume a role, so the key is made here.
      await openSdk(oss)
      const sent = await page.evaluate(
        async ({ key, PART }) => {
          const client = await window.sdk(key)
          const file = window.sample(2 * PART, 7)
          await client.multipartUpload('skewed.bin', file, { partSize: PART, parallel: 1 })
          return window.sha256(file)
        },
        { key: addKey(oss), PART },
      )
      expect(await sha256OfObject(oss, 'skewed.bin')).toBe(sent)
      const asked = oss.requests.filter(({ operation }) => operation !== 'Preflight')
      expect(asked.map(({ operation, code }) => code ?? operation)).toEqual([
        'RequestTimeTooSkewed',
        'InitiateMultipartUpload',
        'UploadPart',
        'UploadPart',
        'CompleteMultipartUpload',
      ])
    } finally {
      await oss.close()
    }
  })
}

test('says what to set when the bucket does not expose the ETag', async ({ page, openSdk }) => {
  const rule = {
    allowedOrigins: ['http://localhost:*'],
    allowedMethods: ['PUT', 'POST'],
    allowedHeaders: ['*'],
    exposeHeaders: [],
  }
  const oss = await startOss({ corsRules: [rule] })
  try {
    await openSdk(oss)
    const refusal = await page.evaluate(async (key) => {
      const client = await window.sdk()
      return window.refusalOf(client.multipartUpload(key, window.sample(200_000, 8), {}))
    }, `${PREFIX}hidden.bin`)
    expect(refusal).toMatchObject({ message: expect.stringContaining('etag of expose-headers') })
  } finally {
    await oss.close()
  }
})

test('sends nothing to a bucket without a CORS rule', async ({ page, openSdk }) => {
  const oss = await startOss({ corsRules: [] })
  try {
    await openSdk(oss)
    const refusal = await page.evaluate(async (key) => {
      const client = await window.sdk()
      return window.refusalOf(client.put(key, window.sample(10, 9)))
    }, `${PREFIX}forbidden.bin`)
    expect(refusal).toMatchObject({ code: 'RequestError', status: -1 })
    expect(oss.requests.map(({ operation, status }) => [operation, status])).toEqual([
      ['Preflight', 403],
    ])
  } finally {
    await oss.close()
  }
})
