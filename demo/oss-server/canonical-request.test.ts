import { expect, test } from 'vitest'
import { canonicalRequest, isAlwaysSigned, sign, stringToSign } from './canonical-request.js'
import vectors from './vectors/sign-v4-vectors.json' with { type: 'json' }

interface Vector {
  name?: string
  source?: string
  form: string
  method: string
  bucket: string
  key: string | null
  query: (string | number | null)[][]
  headers: Record<string, string>
  additionalHeaders: string[]
  datetime: string
  expires?: number
  region: string
  accessKeyId: string
  accessKeySecret: string
  securityToken: string | null
  expected: { canonicalRequest?: string; stringToSign?: string; signature: string }
}

const all = [...vectors.vectors, ...vectors.externalVectors] as Vector[]

/** What such a client puts on the wire; a presigned request carries its credential in the query. */
function onTheWire(vector: Vector): [string, string][] {
  const query = vector.query.map(([name, value]) => [String(name), String(value ?? '')])
  if (vector.form === 'query') {
    const scope = `${vector.datetime.slice(0, 8)}/${vector.region}/oss/aliyun_v4_request`
    query.push(['x-oss-signature-version', 'OSS4-HMAC-SHA256'])
    query.push(['x-oss-credential', `${vector.accessKeyId}/${scope}`])
    query.push(['x-oss-date', vector.datetime], ['x-oss-expires', String(vector.expires)])
    if (vector.securityToken !== null) query.push(['x-oss-security-token', vector.securityToken])
    const additional = additionalOf(vector)
    if (additional.length > 0) query.push(['x-oss-additional-headers', additional.join(';')])
    query.push(['x-oss-signature', vector.expected.signature])
  }
  return query as [string, string][]
}

function additionalOf(vector: Vector): string[] {
  const names = vector.additionalHeaders.map((name) => name.toLowerCase())
  return names.filter((name) => !isAlwaysSigned(name)).sort()
}

test.each(all.map((vector) => [vector.name ?? vector.source, vector] as const))(
  'agrees with the known signature of %s',
  (_name, vector) => {
    const headers = Object.fromEntries(
      Object.entries(vector.headers).map(([name, value]) => [name.toLowerCase(), value]),
    )
    const canonical = canonicalRequest({
      method: vector.method,
      bucket: vector.bucket,
      key: vector.key ?? undefined,
      query: onTheWire(vector),
      headers,
      additionalHeaders: additionalOf(vector),
    })
    const text = stringToSign(canonical, vector.datetime, vector.region)
    const date = vector.datetime.slice(0, 8)
    const { expected } = vector
    if (expected.canonicalRequest) expect(canonical).toBe(expected.canonicalRequest)
    if (expected.stringToSign) expect(text).toBe(expected.stringToSign)
    expect(sign(text, vector.accessKeySecret, date, vector.region)).toBe(expected.signature)
  },
)

test.each(vectors.postPolicy)('agrees with the known signature of a form policy', (form) => {
  const date = form.datetime.slice(0, 8)
  const signature = sign(form.fields.policy, form.accessKeySecret, date, form.region)
  expect(signature).toBe(form.fields['x-oss-signature'])
})

test('leaves a signed header without a value out', () => {
  const parts = { method: 'GET', bucket: 'b', key: 'k', query: [], additionalHeaders: [] }
  expect(canonicalRequest({ ...parts, headers: { 'x-oss-meta-a': '' } })).toBe(
    canonicalRequest({ ...parts, headers: {} }),
  )
})
