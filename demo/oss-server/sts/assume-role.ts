import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { KeyRing, Policy } from '../keys.js'
import { PolicyGrammarError, parsePolicy } from '../policy.js'
import { StsError } from './sts-error.js'

export interface AssumeRoleDeps {
  keys: KeyRing
  now: () => number
  /** What the role may do; absent: everything. */
  rolePolicy?: Policy
}

export interface AssumedRole {
  AssumedRoleUser: { Arn: string; AssumedRoleId: string }
  Credentials: {
    AccessKeyId: string
    AccessKeySecret: string
    SecurityToken: string
    /** UTC, whole seconds. */
    Expiration: string
  }
}

const MAX_POLICY_CHARACTERS = 2048
const MIN_DURATION_SECONDS = 900
const MAX_DURATION_SECONDS = 43_200

/** Mints a key that can do what the role and the session policy both allow, and puts it on the ring. */
export function createAssumeRole({ keys, now, rolePolicy }: AssumeRoleDeps) {
  return (parameters: ReadonlyMap<string, string>): AssumedRole => {
    const roleArn = readRoleArn(parameters.get('RoleArn'))
    const session = readSessionName(parameters.get('RoleSessionName'))
    const durationSeconds = readDuration(parameters.get('DurationSeconds'))
    const sessionPolicy = readPolicy(parameters.get('Policy'))
    checkExternalId(parameters.get('ExternalId'))

    const expiresAt = (Math.floor(now() / 1000) + durationSeconds) * 1000
    const key = {
      accessKeyId: `STS.N${randomText(24)}`,
      accessKeySecret: randomText(44),
      // As long as the vendor's, and with the characters (+ / =) that a careless client fails to encode.
      securityToken: `CAIS+/${randomBytes(577).toString('base64')}`,
      expiresAt,
      policies: [rolePolicy, sessionPolicy].filter((policy) => policy !== undefined),
    }
    keys.add(key)
    return {
      AssumedRoleUser: {
        Arn: `${roleArn}/${session}`,
        AssumedRoleId: `${roleId(roleArn)}:${session}`,
      },
      Credentials: {
        AccessKeyId: key.accessKeyId,
        AccessKeySecret: key.accessKeySecret,
        SecurityToken: key.securityToken,
        Expiration: new Date(expiresAt).toISOString().replace('.000Z', 'Z'),
      },
    }
  }
}

function readRoleArn(value: string | undefined): string {
  if (!value) throw missing('RoleArn')
  if (!/^acs:ram::\d{1,32}:role\/[\w.@-]{1,64}$/.test(value)) {
    throw invalid('RoleArn', 'The parameter RoleArn is wrongly formed.')
  }
  return value
}

function readSessionName(value: string | undefined): string {
  if (!value) throw missing('RoleSessionName')
  if (!/^[\w.@-]{2,64}$/.test(value)) {
    throw invalid('RoleSessionName', 'The parameter RoleSessionName is wrongly formed.')
  }
  return value
}

function readDuration(value = '3600'): number {
  const seconds = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN
  if (!(seconds >= MIN_DURATION_SECONDS && seconds <= MAX_DURATION_SECONDS)) {
    throw invalid('DurationSeconds', 'The Min/Max value of DurationSeconds is 15min/12hr.')
  }
  return seconds
}

/** Absent means the role's full rights, so an empty text is a mistake and not an absence. */
function readPolicy(value: string | undefined): Policy | undefined {
  if (value === undefined) return undefined
  if (value.length > MAX_POLICY_CHARACTERS) {
    throw invalid(
      'PolicySize',
      `The size of Policy must be smaller than ${MAX_POLICY_CHARACTERS} bytes.`,
    )
  }
  try {
    return parsePolicy(value)
  } catch (error) {
    if (!(error instanceof PolicyGrammarError)) throw error
    throw invalid(
      'PolicyGrammar',
      `The parameter Policy has not passed grammar check. (${error.reason})`,
    )
  }
}

function checkExternalId(value: string | undefined): void {
  if (value !== undefined && !/^[\w=,.@:/+-]{2,1224}$/.test(value)) {
    throw invalid('ExternalId', 'The parameter ExternalId is wrongly formed.')
  }
}

function missing(name: string): StsError {
  return new StsError(400, `Missing${name}`, `${name} is mandatory for this action.`)
}

function invalid(what: string, message: string): StsError {
  return new StsError(400, `InvalidParameter.${what}`, message)
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

/** The vendor gives each role a number of its own; ours is at least always the same one for the same role. */
function roleId(roleArn: string): string {
  const digest = createHash('sha256').update(roleArn).digest()
  return `3${String(digest.readBigUInt64BE()).padStart(20, '0').slice(-17)}`
}
