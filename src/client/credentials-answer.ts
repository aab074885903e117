import { OssCredentialsError } from '../errors.js'
import type { SigningCredentials } from '../protocol/sign-v4.js'
import { parseTimestamp } from '../protocol/timestamp.js'

/** STS credentials as the engine uses them. Held in memory only. */
export interface GrantedCredentials extends SigningCredentials {
  readonly securityToken: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Keys these credentials are for begin with this. */
  readonly prefix: string | undefined
}

/** Seconds since the epoch stay below this for thousands of years; milliseconds passed it in 1973. */
const SECONDS_OR_MILLISECONDS = 1e11

/**
 * Reads what app servers answer in the wild: names in either case of the first letter, flat or inside `Credentials` or `data`,
 * `stsToken` for the token, `expiration` as ISO 8601, Date, seconds or milliseconds, mobile demo servers' `StatusCode`.
 *
 * @throws OssCredentialsError naming the field that is missing. The message never holds a value.
 */
export function readCredentials(answer: unknown): GrantedCredentials {
  const outer = fieldsOf(answer)
  if (!outer) throw bad('is not an object')
  const status = outer('statusCode')
  if (status !== undefined && numberOf(status) !== 200) {
    throw bad(`reports StatusCode ${numberOf(status)}; look into the app server's log`)
  }
  const data = fieldsOf(outer('data')) ?? outer
  const inner = fieldsOf(outer('credentials')) ?? fieldsOf(data('credentials')) ?? data
  const prefix = text(inner('prefix')) ?? text(data('prefix')) ?? text(outer('prefix'))
  const securityToken = text(inner('securityToken')) ?? text(inner('stsToken'))
  const accessKeyId = text(inner('accessKeyId'))
  const accessKeySecret = text(inner('accessKeySecret'))
  if (!accessKeyId || !accessKeySecret) throw bad('has no accessKeyId or no accessKeySecret')
  if (!securityToken) {
    throw bad(
      'has no securityToken: a page must not hold long-term keys, the server calls STS AssumeRole',
    )
  }
  const expiresAt = epochMs(inner('expiration'))
  if (expiresAt === undefined) throw bad('has no readable expiration')
  return {
    accessKeyId,
    accessKeySecret,
    securityToken,
    expiresAt,
    prefix,
  }
}

type Fields = (name: string) => unknown

/** Looks names up with a small or a capital first letter. */
function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const record = new Map(Object.entries(value))
  return (name) => record.get(name) ?? record.get(`${name[0]?.toUpperCase()}${name.slice(1)}`)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function epochMs(value: unknown): number | undefined {
  if (typeof value === 'string' && /^\d+$/.test(value)) return epochMs(Number(value))
  if (typeof value === 'string') return parseTimestamp(value)
  const number = numberOf(value)
  if (!Number.isFinite(number) || number <= 0) return undefined
  return number < SECONDS_OR_MILLISECONDS ? number * 1000 : number
}

/** A Date answers `valueOf` with its milliseconds, or NaN; other things may have no number at all. */
function numberOf(value: unknown): number {
  try {
    return Number(value ?? Number.NaN)
  } catch {
    return Number.NaN
  }
}

function bad(what: string): OssCredentialsError {
  return new OssCredentialsError(`The answer with the credentials ${what}.`, {
    code: 'credentials',
    retryable: false,
  })
}
