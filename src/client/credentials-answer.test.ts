import { describe, expect, it } from 'vitest'
import { OssCredentialsError } from '../errors.js'
import { readCredentials } from './credentials-answer.js'

const EXPIRES_AT = Date.UTC(2026, 0, 2, 4, 4, 5)
const expiration = '2026-01-02T04:04:05Z'
const small = {
  accessKeyId: 'STS.the-id',
  accessKeySecret: 'the-secret',
  securityToken: 'the-token',
  expiration,
}
const capital = {
  AccessKeyId: 'STS.the-id',
  AccessKeySecret: 'the-secret',
  SecurityToken: 'the-token',
  Expiration: expiration,
}
const { SecurityToken, ...withoutToken } = capital
const granted = {
  accessKeyId: 'STS.the-id',
  accessKeySecret: 'the-secret',
  securityToken: 'the-token',
  expiresAt: EXPIRES_AT,
  prefix: undefined,
}

function errorOf(answer: unknown): OssCredentialsError {
  try {
    readCredentials(answer)
  } catch (error) {
    if (error instanceof OssCredentialsError) return error
    throw error
  }
  throw new Error('The answer was accepted.')
}

describe('the answer of an app server', () => {
  it.each([
    ['small letters', small],
    ['capital letters', capital],
    ["STS's own shape", { RequestId: 'R', Credentials: capital, AssumedRoleUser: {} }],
    ['the same in small letters', { credentials: small }],
    ['inside data', { code: 0, data: small }],
    ["STS's own shape inside data", { code: 0, Data: { Credentials: capital } }],
    ['a mobile demo server', { StatusCode: 200, ...capital }],
    ['a mobile demo server that writes text', { StatusCode: '200', ...capital }],
    ['stsToken', { ...withoutToken, stsToken: 'the-token' }],
    ['a Date', { ...small, expiration: new Date(EXPIRES_AT) }],
    ['milliseconds', { ...small, expiration: EXPIRES_AT }],
    ['seconds', { ...small, expiration: EXPIRES_AT / 1000 }],
    ['seconds as text', { ...small, expiration: String(EXPIRES_AT / 1000) }],
    ['milliseconds as text', { ...small, expiration: String(EXPIRES_AT) }],
    ['another time zone', { ...small, expiration: '2026-01-02T12:04:05.000+08:00' }],
  ])('may have the shape: %s', (_, answer) => {
    expect(readCredentials(answer)).toEqual(granted)
  })

  it.each([
    ['beside the credentials', { ...small, prefix: 'users/42/' }],
    ['in the credentials', { credentials: { ...small, prefix: 'users/42/' }, prefix: 'users/' }],
    ['around the credentials', { Credentials: capital, Prefix: 'users/42/' }],
    ['around data', { data: small, prefix: 'users/42/' }],
    ['in data, around the credentials', { data: { credentials: small, prefix: 'users/42/' } }],
  ])('may carry a prefix %s', (_, answer) => {
    expect(readCredentials(answer).prefix).toBe('users/42/')
  })

  it('has no prefix where that is empty or not text', () => {
    expect(readCredentials({ ...small, prefix: '' }).prefix).toBeUndefined()
    expect(readCredentials({ ...small, prefix: 42 }).prefix).toBeUndefined()
  })

  it('gives nothing on but what is needed', () => {
    expect(readCredentials({ ...small, role: 'admin' })).toEqual(granted)
  })
})

describe('an answer that cannot be used', () => {
  it.each([
    ['not an object', undefined],
    ['not an object', null],
    ['not an object', 'the-secret'],
    ['not an object', 42],
    ['accessKeyId', {}],
    ['accessKeyId', []],
    ['accessKeyId', { data: null, credentials: 'the-secret' }],
    ['accessKeyId', { ...small, accessKeyId: '' }],
    ['accessKeyId', { ...small, accessKeyId: { value: 'STS.the-id' } }],
    ['accessKeySecret', { ...small, accessKeySecret: undefined }],
    ['securityToken', withoutToken],
    ['securityToken', { ...small, securityToken: '' }],
    ['expiration', { ...small, expiration: undefined }],
    ['expiration', { ...small, expiration: null }],
    ['expiration', { ...small, expiration: '' }],
    ['expiration', { ...small, expiration: 'soon' }],
    ['expiration', { ...small, expiration: {} }],
    ['expiration', { ...small, expiration: 0 }],
    ['expiration', { ...small, expiration: -EXPIRES_AT }],
    ['expiration', { ...small, expiration: Number.NaN }],
    ['expiration', { ...small, expiration: Number.POSITIVE_INFINITY }],
    ['expiration', { ...small, expiration: new Date(Number.NaN) }],
    ['StatusCode 500', { StatusCode: 500, ErrorCode: 'NoPermission', ErrorMessage: 'the-secret' }],
    ['StatusCode 403', { ...small, statusCode: '403' }],
    ['StatusCode NaN', { ...small, StatusCode: 'the-secret' }],
  ])('is refused, told of %s, and none of its values: %j', (what, answer) => {
    const error = errorOf(answer)
    expect(error).toMatchObject({ code: 'credentials', retryable: false })
    expect(error.message).toContain(what)
    const said = `${error.message} ${error.stack} ${JSON.stringify(error)} ${error.cause}`
    for (const value of ['STS.the-id', 'the-secret', 'the-token']) expect(said).not.toContain(value)
  })
})
