import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConfig } from './config.js'
import { ConfigError } from './config-problems.js'

const enough = {
  OSS_REGION: 'cn-hangzhou',
  OSS_BUCKET: 'my-bucket',
  STS_ROLE_ARN: 'acs:ram::1234567890123456:role/uploader',
}

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('readConfig', () => {
  it('needs a region, a bucket and a role, and names all that are missing at once', () => {
    expect(readConfig(enough)).toEqual({
      port: 5173,
      region: 'cn-hangzhou',
      bucket: 'my-bucket',
      roleArn: enough.STS_ROLE_ARN,
    })
    const problems = problemsOf({ OSS_BUCKET: ' ' })
    expect(problems).toHaveLength(3)
    for (const name of Object.keys(enough)) {
      expect(problems).toContainEqual(expect.stringMatching(`^${name} .*it is missing`))
    }
  })

  it('reads every variable', () => {
    const env = {
      ...enough,
      PORT: '0',
      LISTEN_HOST: '0.0.0.0',
      ALLOW_NON_LOOPBACK: 'true',
      PUBLIC_URL: 'https://demo.example.com',
      OSS_ENDPOINT: 'https://upload.example.com',
      OSS_ADDRESSING: 'cname',
      STS_ENDPOINT: 'https://sts.aliyuncs.com',
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret',
      PREFIX_ROOT: 'uploads/2025/',
      STS_DURATION_SECONDS: '1800',
      ALLOW_GET_OBJECT: 'false',
      STATIC_DIR: import.meta.dirname,
      ALLOWED_ORIGINS: 'http://localhost:3000, https://app.example.com',
    }
    expect(readConfig(env)).toEqual({
      port: 0,
      host: '0.0.0.0',
      allowNonLoopback: true,
      publicUrl: 'https://demo.example.com',
      region: 'cn-hangzhou',
      bucket: 'my-bucket',
      ossEndpoint: 'https://upload.example.com',
      addressing: 'cname',
      stsEndpoint: 'https://sts.aliyuncs.com',
      roleArn: enough.STS_ROLE_ARN,
      accessKeyId: 'LTAI',
      accessKeySecret: 'secret',
      prefixRoot: 'uploads/2025/',
      durationSeconds: 1800,
      allowGetObject: false,
      staticDir: import.meta.dirname,
      allowedOrigins: ['http://localhost:3000', 'https://app.example.com'],
    })
  })

  it('leaves a temporary key to the vendor chain, which reads its token too', () => {
    const key = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'STS.x', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 's' }
    const config = readConfig({ ...enough, ...key, ALIBABA_CLOUD_SECURITY_TOKEN: 't' })
    expect(config).not.toHaveProperty('accessKeyId')
  })

  it.each([
    [{ PORT: 'http' }, /^PORT must/],
    [{ OSS_BUCKET: 'My_Bucket' }, /^OSS_BUCKET must/],
    [{ STS_ROLE_ARN: 'uploader' }, /^STS_ROLE_ARN must/],
    [{ ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI' }, /KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET must/],
    [{ PREFIX_ROOT: 'u' }, /^PREFIX_ROOT must/],
    [{ PREFIX_ROOT: '/u/' }, /^PREFIX_ROOT must/],
    [{ PREFIX_ROOT: 'u*/' }, /^PREFIX_ROOT must/],
    [{ PREFIX_ROOT: '../' }, /^PREFIX_ROOT must/],
    [{ STS_DURATION_SECONDS: '60' }, /^STS_DURATION_SECONDS must/],
    [{ ALLOW_GET_OBJECT: 'maybe' }, /^ALLOW_GET_OBJECT must/],
    [{ STATIC_DIR: './nowhere' }, /^STATIC_DIR .* does not exist/],
    [{ OSS_ADDRESSING: 'bucket' }, /^OSS_ADDRESSING must/],
    [{ OSS_ADDRESSING: 'cname' }, /^OSS_ADDRESSING "cname" needs OSS_ENDPOINT/],
    [{ OSS_ENDPOINT: 'upload.example.com' }, /^OSS_ENDPOINT must be a URL/],
    [{ OSS_ENDPOINT: 'https://upload.example.com/folder' }, /^OSS_ENDPOINT must be a URL/],
    [{ OSS_ENDPOINT: 'http://127.0.0.1:9100' }, /so OSS_ADDRESSING must be "path"/],
    [{ OSS_ENDPOINT: 'https://oss-cn-hangzhou-internal.aliyuncs.com' }, /is internal/],
    [{ STS_ENDPOINT: 'http://sts.example.com' }, /^STS_ENDPOINT must be https/],
    [{ ALLOWED_ORIGINS: '*' }, /^ALLOWED_ORIGINS must hold exact origins/],
    [{ ALLOWED_ORIGINS: 'https://a.example/' }, /^ALLOWED_ORIGINS must hold exact origins/],
  ])('refuses %j', (change, reason) => {
    expect(problemsOf({ ...enough, ...change })).toContainEqual(expect.stringMatching(reason))
  })

  it.each([
    [
      { OSS_ADDRESSING: 'path', OSS_ENDPOINT: 'https://oss-cn-hangzhou.aliyuncs.com' },
      /^OSS_ADDRESSING "path" is refused by OSS_ENDPOINT/,
    ],
    [
      { PUBLIC_URL: 'https://demo.example.com', OSS_ENDPOINT: 'http://oss.example.com' },
      /^PUBLIC_URL is https, so browsers would block OSS_ENDPOINT/,
    ],
    [{ LISTEN_HOST: '0.0.0.0', PUBLIC_URL: 'http://demo.example.com' }, /set ALLOW_NON_LOOPBACK/],
    [{ LISTEN_HOST: '0.0.0.0', ALLOW_NON_LOOPBACK: 'true' }, /needs PUBLIC_URL/],
  ])('names both variables that contradict each other: %j', (change, reason) => {
    expect(problemsOf({ ...enough, ...change })).toEqual([expect.stringMatching(reason)])
  })

  it('needs no more words for a host that is loopback anyway', () => {
    expect(problemsOf({ ...enough, LISTEN_HOST: '127.0.0.1' })).toEqual([])
  })
})

it('has every variable it reads explained in .env.example', () => {
  const read = new Set<string>()
  const env = new Proxy<Record<string, string>>(enough, {
    get(values, name) {
      if (typeof name === 'string') read.add(name)
      return Reflect.get(values, name)
    },
  })
  readConfig(env)
  const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
  const explained = Array.from(example.matchAll(/^#?([A-Z_]+)=/gm), ([, name]) => name)
  expect(new Set(explained)).toEqual(read)
})
