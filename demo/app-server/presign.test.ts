import OSS from 'ali-oss'
import { describe, expect, it } from 'vitest'
import { objectUrl, ossOrigin } from './oss-address.js'
import { type PresignRequest, presignGet } from './presign.js'

const settings = {
  region: 'cn-hangzhou',
  bucket: 'examplebucket',
  ossEndpoint: undefined,
  addressing: undefined,
}
const now = Date.parse('2025-01-02T03:04:05Z')
const request: PresignRequest = {
  key: 'exampleobject',
  credentials: {
    accessKeyId: 'LTAIexampleLongTermId',
    accessKeySecret: 'exampleLongTermSecret',
  },
  expiresInSeconds: 3600,
  now,
}

describe('presignGet', () => {
  it('reproduces a known answer', () => {
    const url = new URL(presignGet(settings, request))
    expect(url.origin + url.pathname).toBe(
      'https://examplebucket.oss-cn-hangzhou.aliyuncs.com/exampleobject',
    )
    expect(Object.fromEntries(url.searchParams)).toEqual({
      'x-oss-signature-version': 'OSS4-HMAC-SHA256',
      'x-oss-credential': 'LTAIexampleLongTermId/20250102/cn-hangzhou/oss/aliyun_v4_request',
      'x-oss-date': '20250102T030405Z',
      'x-oss-expires': '3600',
      'x-oss-signature': 'b580434d2fcbae1da9a2c4768c6c260d0948c691932dda8f83a18bc1f00c3430',
    })
  })

  it('agrees with the vendor SDK on difficult keys, a token and overridden headers', async () => {
    const credentials = {
      accessKeyId: 'STS.NUexample',
      accessKeySecret: 'exampleSecret',
      securityToken: 'CAIS+/abc==xyz',
    }
    const client = new OSS({
      ...credentials,
      stsToken: credentials.securityToken,
      region: 'oss-cn-hangzhou',
      bucket: 'examplebucket',
      secure: true,
      authorizationV4: true,
    })
    const query = {
      'response-content-type': 'text/plain; charset=utf-8',
      'response-content-disposition': "inline; filename*=UTF-8''a%20b.txt",
    }
    for (const key of ["u/42/a b+c%中/é~!*'().txt", 'u/42/plain.bin', 'u/42/a//b?c#d&e=f.txt']) {
      // The vendor takes its date from the clock, so ours is set to the one it took.
      const theirs = new URL(
        await signedByVendor(client, { method: 'GET', expires: 60, queries: query, key }),
      )
      const date = theirs.searchParams.get('x-oss-date') ?? ''
      const iso = date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5')
      const signedAt = { expiresInSeconds: 60, now: Date.parse(iso) }
      const ours = new URL(presignGet(settings, { ...signedAt, key, query, credentials }))
      expect(decodeURIComponent(ours.pathname)).toBe(decodeURIComponent(theirs.pathname))
      expect(Object.fromEntries(ours.searchParams)).toEqual(Object.fromEntries(theirs.searchParams))
    }
  })
})

interface VendorRequest {
  method: string
  expires: number
  queries: Record<string, string>
  key: string
}

/** The published types know neither the method nor its options. */
function signedByVendor(client: OSS, { method, expires, queries, key }: VendorRequest) {
  const { signatureUrlV4 } = client as OSS & {
    signatureUrlV4(
      method: string,
      expires: number,
      request: { queries: Record<string, string> },
      key: string,
    ): Promise<string>
  }
  return signatureUrlV4.call(client, method, expires, { queries }, key)
}

describe('the address of the bucket', () => {
  it.each([
    [undefined, undefined, 'https://examplebucket.oss-cn-hangzhou.aliyuncs.com', ''],
    ['http://localhost:9100', undefined, 'http://examplebucket.localhost:9100', ''],
    ['http://localhost:9100', 'path', 'http://localhost:9100', '/examplebucket'],
    ['https://upload.example.com', 'cname', 'https://upload.example.com', ''],
  ] as const)('%s, %s -> %s%s', (ossEndpoint, addressing, origin, path) => {
    const place = { ...settings, ossEndpoint, addressing }
    expect(ossOrigin(place)).toBe(origin)
    expect(objectUrl(place, 'u/42/a b')).toBe(`${origin}${path}/u/42/a%20b`)
  })

  it('does not change what is signed, but where it is sent', () => {
    const signatures = (['virtual-hosted', 'cname', 'path'] as const).map((addressing) => {
      const url = presignGet({ ...settings, ossEndpoint: 'https://a.example', addressing }, request)
      return new URL(url).searchParams.get('x-oss-signature')
    })
    expect(new Set(signatures).size).toBe(1)
  })
})
