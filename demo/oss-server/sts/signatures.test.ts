import { describe, expect, it } from 'vitest'
import { acs3Signature, sha256Hex } from './acs3-signature.js'
import { percentEncode } from './percent-encode.js'
import { rpcSignature } from './rpc-signature.js'

const assumeRole = [
  ['RoleArn', 'acs:ram::1234567890123456:role/uploader'],
  ['RoleSessionName', 'u-42'],
  ['DurationSeconds', '900'],
] as const

describe('acs3Signature', () => {
  it('reproduces the worked example of the vendor', () => {
    const headers = {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      'x-acs-action': 'RunInstances',
      'x-acs-content-sha256': sha256Hex(''),
      'x-acs-date': '2023-10-26T10:22:32Z',
      'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
      'x-acs-version': '2014-05-26',
    }
    const request = {
      method: 'POST',
      query: [
        ['RegionId', 'cn-shanghai'],
        ['ImageId', 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd'],
      ] as const,
      headers,
      signedHeaders: Object.keys(headers),
      body: new Uint8Array(),
    }
    expect(acs3Signature(request, 'YourAccessKeySecret')).toBe(
      '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    )
  })

  it('signs a form body, and takes the header names in any order', () => {
    const body = Buffer.from(
      'RoleArn=acs%3Aram%3A%3A1234567890123456%3Arole%2Fuploader&RoleSessionName=u-42&DurationSeconds=900',
    )
    const headers = {
      'x-acs-signature-nonce': 'nonce-1',
      host: 'sts.cn-hangzhou.aliyuncs.com',
      'content-type': 'application/x-www-form-urlencoded',
      'x-acs-action': 'AssumeRole',
      'x-acs-version': '2015-04-01',
      'x-acs-date': '2025-01-02T03:04:05Z',
      'x-acs-content-sha256': sha256Hex(body),
    }
    const request = {
      method: 'POST',
      query: [],
      headers,
      signedHeaders: Object.keys(headers),
      body,
    }
    expect(acs3Signature(request, 'testsecret')).toBe(
      'a6cf86c92d483b9a364c8d545a9fb7bb20f15dd04e96c6fbafbd5f865c8a1fd4',
    )
  })
})

describe('rpcSignature', () => {
  it('reproduces what the vendor SDK signs, and leaves the signature itself out', () => {
    const parameters = new Map<string, string>([
      ...assumeRole,
      ['Action', 'AssumeRole'],
      ['Version', '2015-04-01'],
      ['Format', 'JSON'],
      ['AccessKeyId', 'testid'],
      ['SignatureMethod', 'HMAC-SHA1'],
      ['SignatureVersion', '1.0'],
      ['SignatureNonce', 'nonce-1'],
      ['Timestamp', '2025-01-02T03:04:05Z'],
    ])
    expect(rpcSignature('POST', parameters, 'testsecret')).toBe('npFVKLGoUc8xWLxCf6Ux6JCSD9I=')
    parameters.set('Signature', 'npFVKLGoUc8xWLxCf6Ux6JCSD9I=')
    expect(rpcSignature('POST', parameters, 'testsecret')).toBe('npFVKLGoUc8xWLxCf6Ux6JCSD9I=')
  })
})

describe('percentEncode', () => {
  it('leaves only the unreserved characters alone', () => {
    expect(percentEncode("aZ9-._~ !'()*/+中")).toBe('aZ9-._~%20%21%27%28%29%2A%2F%2B%E4%B8%AD')
  })
})
