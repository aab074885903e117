import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bucketAddress, requestUrl } from './address.js'
import { canonicalRequest, type QueryParameter, type SignedRequest } from './canonical-request.js'
import { cachedSigningKeys, signHeaders, signingKey, signQuery, stringToSign } from './sign-v4.js'
import { parseTimestamp } from './timestamp.js'
import data from './vectors/sign-v4-vectors.json' with { type: 'json' }

interface Expected {
  readonly url: string
  readonly canonicalRequest: string
  readonly stringToSign: string
  readonly signingKeyHex: string
  readonly signature: string
  readonly authorization: string
}

interface Vector {
  readonly name?: string
  readonly source?: string
  readonly form: 'header' | 'query'
  readonly method: string
  readonly bucket: string
  readonly key: string | null
  readonly query: readonly (readonly [string, string | number | null])[]
  readonly headers: Readonly<Record<string, string>>
  readonly additionalHeaders: readonly string[]
  readonly datetime: string
  readonly region: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken: string | null
  readonly expires?: number
  readonly expected: Expected
}

const vectors = data.vectors as unknown as readonly Vector[]
const external = data.externalVectors as unknown as readonly Vector[]
const hasForm = (form: Vector['form']) => (vector: Vector) => vector.form === form

/** Without what `signHeaders` adds by itself. */
function requestOf(vector: Vector): SignedRequest {
  const added = ['x-oss-date', 'x-oss-content-sha256', 'x-oss-security-token']
  return {
    method: vector.method,
    bucket: vector.bucket,
    key: vector.key ?? undefined,
    query: vector.query.map(
      ([name, value]): QueryParameter => (value === null ? [name] : [name, String(value)]),
    ),
    headers: Object.fromEntries(
      Object.entries(vector.headers).filter(([name]) => !added.includes(name)),
    ),
    additionalHeaders: vector.additionalHeaders,
  }
}

/** As it is hashed: with the headers, or the query, that the signature itself adds. */
function completeRequestOf(vector: Vector): SignedRequest {
  const request = requestOf(vector)
  if (vector.form === 'header') return { ...request, headers: vector.headers }
  const query = [...new URL(vector.expected.url).searchParams]
  return { ...request, query: query.filter(([name]) => name !== 'x-oss-signature') }
}

function contextOf({ accessKeyId, accessKeySecret, securityToken, region, datetime }: Vector) {
  const token = securityToken === null ? {} : { securityToken }
  const credentials = { accessKeyId, accessKeySecret, ...token }
  const iso = datetime.replace(/^(....)(..)(..T..)(..)(..)Z$/, '$1-$2-$3:$4:$5Z')
  return { credentials, region, at: parseTimestamp(iso) ?? Number.NaN }
}

function urlOf({ bucket, region, key }: Vector, query: readonly QueryParameter[] = []): string {
  return requestUrl(bucketAddress({ bucket, region }), key ?? undefined, query)
}

describe.each(vectors)('known answer $name', (vector) => {
  const { expected, datetime, region, accessKeySecret } = vector

  it('has this canonical request', () => {
    expect(canonicalRequest(completeRequestOf(vector))).toBe(expected.canonicalRequest)
  })

  it('has this string to sign', () => {
    expect(stringToSign(completeRequestOf(vector), datetime, region)).toBe(expected.stringToSign)
  })

  it('has this signing key', () => {
    const key = signingKey(accessKeySecret, datetime.slice(0, 8), region)
    expect(Buffer.from(key).toString('hex')).toBe(expected.signingKeyHex)
  })
})

describe('a signature in the headers', () => {
  it.each(vectors.filter(hasForm('header')))('is the known one: $name', (vector) => {
    const { url, authorization } = vector.expected
    const request = requestOf(vector)
    expect(signHeaders(request, contextOf(vector))).toEqual({ ...vector.headers, authorization })
    expect(urlOf(vector, request.query)).toBe(url)
  })

  it.each(external.filter(hasForm('header')))("is the vendor's own: $source", (vector) => {
    const signed = signHeaders(requestOf(vector), contextOf(vector))
    const { signature } = vector.expected
    expect(signed['authorization']).toMatch(`,AdditionalHeaders=host,Signature=${signature}`)
  })

  it('covers Latin-1 header values as the bytes a browser sends', () => {
    const request = { method: 'PUT', bucket: 'b', key: 'k', query: [] }
    const credentials = { accessKeyId: 'id', accessKeySecret: 'secret' }
    const headers = { 'x-oss-meta-name': 'caf\u00e9' }
    const signed = signHeaders(
      { ...request, headers },
      { credentials, region: 'cn-hangzhou', at: 0 },
    )
    const wire = Buffer.from(
      'PUT\n/b/k\n\nx-oss-content-sha256:UNSIGNED-PAYLOAD\nx-oss-date:19700101T000000Z\nx-oss-meta-name:caf\u00e9\n\n\nUNSIGNED-PAYLOAD',
      'latin1',
    )
    const scope = '19700101/cn-hangzhou/oss/aliyun_v4_request'
    const digest = createHash('sha256').update(wire).digest('hex')
    const signature = createHmac('sha256', signingKey('secret', '19700101', 'cn-hangzhou'))
      .update(`OSS4-HMAC-SHA256\n19700101T000000Z\n${scope}\n${digest}`)
      .digest('hex')
    expect(signed['authorization']).toContain(`Signature=${signature}`)
  })
})

describe('a presigned URL', () => {
  it.each(vectors.filter(hasForm('query')))('is the known one: $name', (vector) => {
    const query = signQuery(requestOf(vector), contextOf(vector), vector.expires ?? 0)
    expect(`${urlOf(vector)}?${query}`).toBe(vector.expected.url)
  })

  it.each(external.filter(hasForm('query')))("is the vendor's own: $source", (vector) => {
    const query = signQuery(requestOf(vector), contextOf(vector), vector.expires ?? 0)
    expect(new URLSearchParams(query).get('x-oss-signature')).toBe(vector.expected.signature)
  })

  it.each([0, -1, 1.5, 604_801, Number.NaN])('cannot last for %d seconds', (seconds) => {
    const request = { method: 'GET', bucket: 'b', key: 'k', query: [], headers: {} }
    const credentials = { accessKeyId: 'id', accessKeySecret: 'secret' }
    const context = { credentials, region: 'cn-hangzhou', at: 0 }
    expect(() => signQuery(request, context, seconds)).toThrow(RangeError)
    for (const good of [1, 604_800]) {
      expect(() => signQuery(request, context, good)).not.toThrow()
    }
  })
})

it.each(data.postPolicy)('signs the form policy of $datetime', (vector) => {
  const { policyJson, fields, accessKeySecret, datetime, region } = vector
  expect(Buffer.from(policyJson).toString('base64')).toBe(fields.policy)
  const key = signingKey(accessKeySecret, datetime.slice(0, 8), region)
  const signature = createHmac('sha256', key).update(fields.policy).digest('hex')
  expect(signature).toBe(fields['x-oss-signature'])
})

describe('the cache of signing keys', () => {
  it('derives a key once for a secret and a day', () => {
    const keys = cachedSigningKeys('cn-hangzhou')
    const key = keys('secret', '20250102')
    expect(keys('secret', '20250102')).toBe(key)
    expect(key).toEqual(signingKey('secret', '20250102', 'cn-hangzhou'))
  })

  it('never gives the key of another secret or another day', () => {
    const keys = cachedSigningKeys('cn-hangzhou')
    keys('secret', '20250102')
    expect(keys('secret', '20250103')).toEqual(signingKey('secret', '20250103', 'cn-hangzhou'))
    expect(keys('other', '20250103')).toEqual(signingKey('other', '20250103', 'cn-hangzhou'))
  })
})
