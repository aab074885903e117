import fc from 'fast-check'
import { expect, it } from 'vitest'
import { OssCredentialsError } from '../errors.js'
import { fuzzing } from '../testing/fuzzing.js'
import { readCredentials } from './credentials-answer.js'

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true,
})
const strange = fc.oneof(anything, fc.constant(Symbol('s')), fc.constant(Number.NaN))
const secret = fc.constantFrom('TOP-SECRET-1', '')
const flat = fc.record(
  {
    accessKeyId: fc.oneof(secret, strange),
    AccessKeySecret: fc.oneof(secret, strange),
    accessKeySecret: fc.oneof(secret, strange),
    securityToken: fc.oneof(secret, strange),
    stsToken: fc.oneof(secret, strange),
    expiration: fc.oneof(
      fc.constantFrom('2027-01-01T00:00:00Z', '1800000000', 1_800_000_000, new Date(Number.NaN)),
      strange,
    ),
    prefix: strange,
    statusCode: fc.oneof(fc.constantFrom(200, '200', 500), strange),
  },
  { requiredKeys: [] },
)
const answer = fc.oneof(
  strange,
  flat,
  fc.record(
    { data: fc.oneof(flat, strange), Credentials: fc.oneof(flat, strange) },
    { requiredKeys: [] },
  ),
)

it('reads any answer of an app server, or says what is missing and not what is in it', () => {
  fc.assert(
    fc.property(answer, (given) => {
      try {
        const read = readCredentials(given)
        for (const text of [read.accessKeyId, read.accessKeySecret, read.securityToken]) {
          expect(text).toMatch(/^[\s\S]+$/)
        }
        expect(read.expiresAt).toBeGreaterThan(0)
        expect(Number.isFinite(read.expiresAt)).toBe(true)
      } catch (error) {
        if (!(error instanceof OssCredentialsError)) throw error
        expect(error.message).not.toContain('TOP-SECRET')
      }
    }),
    fuzzing(1000),
  )
})
