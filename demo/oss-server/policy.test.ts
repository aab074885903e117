import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Policy, PolicyStatement } from './keys.js'
import {
  isAllowed,
  matchesWildcard,
  PolicyGrammarError,
  type PolicyRequest,
  parsePolicy,
} from './policy.js'

const seed = 20251
const put: PolicyRequest = {
  action: 'oss:PutObject',
  resource: 'acs:oss:*:*:my-bucket/u/42/a.bin',
  secureTransport: false,
  sourceIp: '192.168.1.7',
  now: Date.parse('2025-01-02T03:04:05Z'),
}
const allowPut: PolicyStatement = {
  Effect: 'Allow',
  Action: ['oss:PutObject', 'oss:ListParts'],
  Resource: 'acs:oss:*:*:my-bucket/u/42/*',
}
const policy = (...Statement: PolicyStatement[]): Policy => ({ Version: '1', Statement })
const allows = (statement: PolicyStatement, request: PolicyRequest = put) =>
  isAllowed([policy(statement)], request)

describe('isAllowed', () => {
  it('allows what a statement names', () => {
    expect(allows(allowPut)).toBe(true)
  })

  it('denies what no statement names', () => {
    expect(allows(allowPut, { ...put, action: 'oss:GetObject' })).toBe(false)
    expect(allows(allowPut, { ...put, resource: 'acs:oss:*:*:my-bucket/u/420/a' })).toBe(false)
    expect(allows(allowPut, { ...put, resource: 'acs:oss:*:*:other/u/42/a' })).toBe(false)
    expect(isAllowed([policy()], put)).toBe(false)
  })

  it('asks nobody when there is no policy: the permanent key may do everything', () => {
    expect(isAllowed([], put)).toBe(true)
  })

  it('lets an explicit Deny win wherever it stands', () => {
    const deny: PolicyStatement = { Effect: 'Deny', Action: 'oss:*', Resource: '*' }
    expect(isAllowed([policy(allowPut, deny)], put)).toBe(false)
    expect(isAllowed([policy(deny, allowPut)], put)).toBe(false)
  })

  it('needs the role and the session to agree', () => {
    const everything = policy({ Effect: 'Allow', Action: '*', Resource: '*' })
    const elsewhere = policy({ ...allowPut, Resource: 'acs:oss:*:*:my-bucket/u/7/*' })
    expect(isAllowed([everything, policy(allowPut)], put)).toBe(true)
    expect(isAllowed([everything, elsewhere], put)).toBe(false)
    expect(isAllowed([elsewhere, everything], put)).toBe(false)
  })

  it('compares actions without regard to case, and keys with it', () => {
    expect(allows({ ...allowPut, Action: 'OSS:putobject' })).toBe(true)
    expect(allows({ ...allowPut, Resource: 'acs:oss:*:*:my-bucket/U/42/*' })).toBe(false)
  })

  it('keeps colons of the key in the key', () => {
    const withColons = { ...put, resource: 'acs:oss:*:*:my-bucket/u/42/a:b:c' }
    expect(allows(allowPut, withColons)).toBe(true)
    expect(allows({ ...allowPut, Resource: 'acs:oss:*:*:my-bucket/u/42/a' }, withColons)).toBe(
      false,
    )
  })

  it('does not let a star of the region swallow the bucket', () => {
    expect(allows({ ...allowPut, Resource: 'acs:oss:*:my-bucket/u/42/*' })).toBe(false)
  })

  it('holds a concrete region to the region of the request, with or without oss- in front', () => {
    const here = { ...put, resource: 'acs:oss:cn-hangzhou:*:my-bucket/u/42/a' }
    expect(allows({ ...allowPut, Resource: 'acs:oss:oss-cn-hangzhou:*:my-bucket/*' }, here)).toBe(
      true,
    )
    expect(allows({ ...allowPut, Resource: 'acs:oss:cn-hangzhou:42:my-bucket/*' }, here)).toBe(true)
    expect(allows({ ...allowPut, Resource: 'acs:oss:cn-beijing:*:my-bucket/*' }, here)).toBe(false)
  })

  it('tells a bucket from the objects in it', () => {
    const listing = {
      ...put,
      action: 'oss:ListMultipartUploads',
      resource: 'acs:oss:*:*:my-bucket',
    }
    const grant = { ...allowPut, Action: 'oss:ListMultipartUploads' }
    expect(allows({ ...grant, Resource: 'acs:oss:*:*:my-bucket' }, listing)).toBe(true)
    expect(allows({ ...grant, Resource: 'acs:oss:*:*:my-bucket/*' }, listing)).toBe(false)
  })
})

describe('conditions', () => {
  const when = (Condition: NonNullable<PolicyStatement['Condition']>): PolicyStatement => ({
    ...allowPut,
    Condition,
  })

  it('asks for https where the policy says so', () => {
    const secure = when({ Bool: { 'acs:SecureTransport': 'true' } })
    expect(allows(secure)).toBe(false)
    expect(allows(secure, { ...put, secureTransport: true })).toBe(true)
    expect(allows(when({ Bool: { 'acs:SecureTransport': ['false'] } }))).toBe(true)
  })

  it('compares the prefix of a listing, and is not met without one', () => {
    const like = when({ StringLike: { 'oss:Prefix': ['x/*', 'u/42/*'] } })
    expect(allows(like, { ...put, prefix: 'u/42/photos' })).toBe(true)
    expect(allows(like, { ...put, prefix: 'u/7/' })).toBe(false)
    expect(allows(like)).toBe(false)
    const equal = when({ StringEquals: { 'oss:Prefix': 'u/*' } })
    expect(allows(equal, { ...put, prefix: 'u/*' })).toBe(true)
    expect(allows(equal, { ...put, prefix: 'u/42' })).toBe(false)
  })

  it.each([
    ['192.168.1.0/24', '192.168.1.7', true],
    ['192.168.1.7', '::ffff:192.168.1.7', true],
    ['192.168.1.7', '192.168.1.8', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['2001:db8::/32', '2001:db8::1', true],
    ['2001:db8::/32', '8.8.8.8', false],
    ['192.168.1.0/33', '192.168.1.7', false],
    ['not an address', '192.168.1.7', false],
  ])('IpAddress %s against %s is %s', (range, sourceIp, expected) => {
    expect(allows(when({ IpAddress: { 'acs:SourceIp': range } }), { ...put, sourceIp })).toBe(
      expected,
    )
  })

  it('compares the time of the request', () => {
    const endsAt = (time: string) => when({ DateLessThan: { 'acs:CurrentTime': time } })
    expect(allows(endsAt('2025-01-02T03:04:06Z'))).toBe(true)
    expect(allows(endsAt('2025-01-02T03:04:05Z'))).toBe(false)
    expect(allows(endsAt('2025-01-02T11:04:06+08:00'))).toBe(true)
    expect(allows(when({ DateGreaterThan: { 'acs:CurrentTime': '2025-01-01T00:00:00Z' } }))).toBe(
      true,
    )
    expect(allows(endsAt('soon'))).toBe(false)
  })

  it('needs every operator and every key', () => {
    const both = when({
      Bool: { 'acs:SecureTransport': 'true' },
      IpAddress: { 'acs:SourceIp': '192.168.1.7' },
    })
    expect(allows(both)).toBe(false)
    expect(allows(both, { ...put, secureTransport: true })).toBe(true)
  })

  it.each([
    { StringNotLike: { 'oss:Prefix': 'x' } },
    { Bool: { 'acs:MFAPresent': 'false' } },
    { Bool: { 'acs:SecureTransport': 'perhaps' } },
    { StringEquals: { 'acs:SourceIp': '192.168.1.7' } },
    { IpAddress: { 'acs:SourceIp': '10.0.0.0/8/8' } },
  ])('closes on what it cannot judge: %j', (condition) => {
    expect(allows(when(condition))).toBe(false)
    const open: PolicyStatement = { Effect: 'Allow', Action: '*', Resource: '*' }
    const deny: PolicyStatement = { ...allowPut, Effect: 'Deny', Condition: condition }
    expect(isAllowed([policy(open, deny)], put)).toBe(false)
  })

  it('drops a Deny whose condition is clearly not met', () => {
    const open: PolicyStatement = { Effect: 'Allow', Action: '*', Resource: '*' }
    const denySecure: PolicyStatement = {
      ...allowPut,
      Effect: 'Deny',
      Condition: { Bool: { 'acs:SecureTransport': 'true' } },
    }
    expect(isAllowed([policy(open, denySecure)], put)).toBe(true)
  })
})

describe('matchesWildcard', () => {
  it('agrees with a regular expression on short texts', () => {
    const symbol = fc.constantFrom('a', 'b', '/', '.', '*', '?', '中', '😀')
    const word = fc.array(symbol, { maxLength: 7 }).map((symbols) => symbols.join(''))
    fc.assert(
      fc.property(word, word, (pattern, text) => {
        const source = Array.from(pattern, (c) =>
          c === '*' ? '.*' : c === '?' ? '.' : c.replace(/[.]/g, '\\.'),
        ).join('')
        expect(matchesWildcard(pattern, text)).toBe(new RegExp(`^${source}$`, 'su').test(text))
      }),
      { seed, numRuns: 3000 },
    )
  })

  it('never lets a key out of a prefix', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (key, other) => {
        expect(matchesWildcard('u/42/*', `u/42/${key}`)).toBe(true)
        expect(matchesWildcard('u/42/*', other)).toBe(other.startsWith('u/42/'))
      }),
      { seed, numRuns: 500 },
    )
  })

  it('answers the worst pattern we know in no time', () => {
    const started = process.cpuUsage()
    expect(matchesWildcard(`${'*a'.repeat(500)}b`, 'a'.repeat(1023))).toBe(false)
    expect(process.cpuUsage(started).user).toBeLessThan(500_000)
  })
})

describe('parsePolicy', () => {
  const valid = { Version: '1', Statement: [allowPut] }
  const parse = (value: unknown) => parsePolicy(JSON.stringify(value))
  const reasonOf = (json: string) => {
    try {
      parsePolicy(json)
      return undefined
    } catch (error) {
      return error instanceof PolicyGrammarError ? error.reason : error
    }
  }

  it('reads what the app server sends', () => {
    const text = `{"Version":"1","Statement":[{"Effect":"Allow",
      "Action":["oss:PutObject","oss:ListParts","oss:AbortMultipartUpload"],
      "Resource":["acs:oss:*:*:my-bucket/u/42/*"],
      "Condition":{"Bool":{"acs:SecureTransport":"true"}}}]}`
    expect(isAllowed([parsePolicy(text)], { ...put, secureTransport: true })).toBe(true)
  })

  it('takes a bare true for the text "true"', () => {
    const read = parse({
      Version: '1',
      Statement: [{ ...allowPut, Condition: { Bool: { 'acs:SecureTransport': true } } }],
    })
    expect(read.Statement[0]?.Condition).toEqual({ Bool: { 'acs:SecureTransport': 'true' } })
  })

  it.each([
    ['{', /not JSON/],
    ['[]', /must be an object/],
    ['{"Version":"2","Statement":[]}', /Version/],
    ['{"Version":"1","Statement":[]}', /non-empty/],
    ['{"Version":"1"}', /Statement/],
    ['{"Version":"1","Statement":["a"]}', /statement 1 must be an object/],
  ])('refuses %s', (json, reason) => {
    expect(reasonOf(json)).toMatch(reason)
  })

  it.each([
    [{ Effect: 'allow' }, /Effect/],
    [{ Action: [] }, /Action/],
    [{ Action: 'PutObject' }, /service:Name/],
    [{ Resource: 'my-bucket/*' }, /acs:service/],
    [{ Resource: [''] }, /Resource/],
    [{ Principal: '*' }, /unknown element "Principal"/],
    [{ Condition: { Bool: 'true' } }, /Condition Bool/],
    [{ Condition: { Bool: { 'acs:SecureTransport': [] } } }, /SecureTransport/],
  ])('refuses a statement with %j', (change, reason) => {
    expect(reasonOf(JSON.stringify({ ...valid, Statement: [{ ...allowPut, ...change }] }))).toMatch(
      reason,
    )
  })

  it('throws nothing but its own error, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parsePolicy(text)).toThrow(PolicyGrammarError)
      }),
      { seed, numRuns: 500 },
    )
  })
})
