import { accessDenied, OssError } from '../oss-error.js'

/** A form policy that was read: what the fields must be, and how long the file may be. */
export interface PostPolicy {
  expiration: number
  conditions: FieldCondition[]
  minBytes: number
  maxBytes: number
}

export interface FieldCondition {
  /** As it stands in the policy, for the message. */
  text: string
  field: string
  holds: (value: string) => boolean
}

/** Reads the base64 of a policy's JSON. */
export function parsePostPolicy(encoded: string): PostPolicy {
  const document = parseJson(encoded)
  const { expiration, conditions } = document
  const expires = typeof expiration === 'string' ? Date.parse(expiration) : Number.NaN
  if (Number.isNaN(expires)) throw invalidPolicy('expiration must be an ISO 8601 time')
  if (!Array.isArray(conditions) || conditions.length === 0) {
    throw invalidPolicy('conditions must be a list that is not empty')
  }
  const policy: PostPolicy = {
    expiration: expires,
    conditions: [],
    minBytes: 0,
    maxBytes: Number.POSITIVE_INFINITY,
  }
  for (const condition of conditions) addCondition(policy, condition)
  return policy
}

/** Throws 403 when the policy is over or a field is not as it says. */
export function checkPostPolicy(
  policy: PostPolicy,
  fields: ReadonlyMap<string, string>,
  now: number,
): void {
  if (now >= policy.expiration) throw refused('Policy expired.')
  const unmet = policy.conditions.find(({ field, holds }) => !holds(fields.get(field) ?? ''))
  if (unmet) throw refused(`Policy Condition failed: ${unmet.text}`)
}

function addCondition(policy: PostPolicy, condition: unknown): void {
  const text = JSON.stringify(condition)
  if (isObject(condition)) {
    const [[field, wanted] = ['', undefined], ...others] = Object.entries(condition)
    if (typeof wanted !== 'string' || others.length > 0) throw invalidPolicy(text)
    policy.conditions.push(fieldCondition('eq', field, wanted, text))
    return
  }
  if (!Array.isArray(condition) || condition.length !== 3) throw invalidPolicy(text)
  const [operator, left, right] = condition as unknown[]
  if (typeof operator !== 'string') throw invalidPolicy(text)
  if (operator.toLowerCase() === 'content-length-range') {
    if (!isSize(left) || !isSize(right) || left > right) throw invalidPolicy(text)
    policy.minBytes = left
    policy.maxBytes = right
    return
  }
  if (typeof left !== 'string' || !left.startsWith('$')) throw invalidPolicy(text)
  policy.conditions.push(fieldCondition(operator.toLowerCase(), left.slice(1), right, text))
}

function fieldCondition(
  operator: string,
  name: string,
  wanted: unknown,
  text: string,
): FieldCondition {
  const field = name.toLowerCase()
  if (typeof wanted === 'string') {
    if (operator === 'eq') return { text, field, holds: (value) => value === wanted }
    if (operator === 'starts-with') {
      return { text, field, holds: (value) => value.startsWith(wanted) }
    }
  }
  if (Array.isArray(wanted) && wanted.every((item) => typeof item === 'string')) {
    if (operator === 'in') return { text, field, holds: (value) => wanted.includes(value) }
    if (operator === 'not-in') return { text, field, holds: (value) => !wanted.includes(value) }
  }
  throw invalidPolicy(text)
}

function parseJson(encoded: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'))
    if (isObject(value)) return value
  } catch {
    // Said below, together with JSON that is no object.
  }
  throw invalidPolicy('it is not the base64 of a JSON object')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function refused(reason: string): OssError {
  return accessDenied(`Invalid according to Policy: ${reason}`, '0002-00000301')
}

function invalidPolicy(reason: string): OssError {
  return new OssError(400, 'InvalidPolicyDocument', `Invalid Policy: ${reason}.`)
}
