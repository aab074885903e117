import { describe, expect, it } from 'vitest'
import { isAllowed, parsePolicy } from '../oss-server/policy.js'
import { readPolicy, uploadPolicy } from './session-policy.js'

const settings = {
  region: 'cn-hangzhou',
  bucket: 'my-bucket',
  ossEndpoint: undefined,
  addressing: undefined,
  allowGetObject: true,
}
const local = { ...settings, ossEndpoint: 'http://localhost:9100' }

function may(policy: string, action: string, place: string, secureTransport = true): boolean {
  const resource = `acs:oss:cn-hangzhou:*:${place}`
  const request = { action, resource, secureTransport, sourceIp: '127.0.0.1', now: 0 }
  return isAllowed([parsePolicy(policy)], request)
}

describe('uploadPolicy', () => {
  const policy = uploadPolicy(settings, 'u/42/')

  it('grants uploading, resuming and reading below the prefix', () => {
    for (const action of ['PutObject', 'ListParts', 'AbortMultipartUpload', 'GetObject']) {
      expect(may(policy, `oss:${action}`, 'my-bucket/u/42/a/b.bin')).toBe(true)
    }
  })

  it('grants nothing else, and nothing elsewhere', () => {
    for (const action of ['DeleteObject', 'ListObjects', 'PutObjectAcl', 'ListMultipartUploads']) {
      expect(may(policy, `oss:${action}`, 'my-bucket/u/42/a')).toBe(false)
      expect(may(policy, `oss:${action}`, 'my-bucket')).toBe(false)
    }
    for (const place of ['my-bucket/u/420/a', 'my-bucket/u/4', 'my-bucket/a', 'other/u/42/a']) {
      expect(may(policy, 'oss:PutObject', place)).toBe(false)
    }
  })

  it('asks for https exactly where OSS is reached by https', () => {
    expect(may(policy, 'oss:PutObject', 'my-bucket/u/42/a', false)).toBe(false)
    expect(may(uploadPolicy(local, 'u/42/'), 'oss:PutObject', 'my-bucket/u/42/a', false)).toBe(true)
  })

  it('leaves reading out when it is switched off', () => {
    const writing = uploadPolicy({ ...settings, allowGetObject: false }, 'u/42/')
    expect(may(writing, 'oss:GetObject', 'my-bucket/u/42/a')).toBe(false)
    expect(may(writing, 'oss:PutObject', 'my-bucket/u/42/a')).toBe(true)
  })

  it.each(['u/42', 'u/*/', 'u/4?/', '', '/', 'u//', 'u/"/'])(
    'refuses the prefix "%s"',
    (prefix) => {
      expect(() => uploadPolicy(settings, prefix)).toThrow(/prefix/)
    },
  )

  it('stays below what any version of STS accepts', () => {
    expect(uploadPolicy(settings, `${'a'.repeat(256)}/${'b'.repeat(64)}/`).length).toBeLessThan(
      1024,
    )
    expect(() => uploadPolicy(settings, `${'a'.repeat(1000)}/`)).toThrow(/too long/)
  })
})

describe('readPolicy', () => {
  it('grants reading below the prefix and no writing', () => {
    const policy = readPolicy(local, 'u/42/')
    expect(may(policy, 'oss:GetObject', 'my-bucket/u/42/a')).toBe(true)
    expect(may(policy, 'oss:GetObject', 'my-bucket/u/7/a')).toBe(false)
    expect(may(policy, 'oss:PutObject', 'my-bucket/u/42/a')).toBe(false)
  })
})
