import { BlockList, isIP, isIPv4 } from 'node:net'
import type { Policy, PolicyStatement } from './keys.js'

/** What a policy is asked about. The resource is a full ARN with a concrete bucket and key. */
export interface PolicyRequest {
  action: string
  /** `acs:oss:{region}:{owner}:{bucket}/{key}`; `*` as region or owner stands for this server's own. */
  resource: string
  secureTransport: boolean
  sourceIp: string
  /** The `prefix` parameter of a listing. */
  prefix?: string
  /** Milliseconds since the epoch. */
  now: number
}

type Verdict = 'met' | 'unmet' | 'unknown'
type Test = (request: PolicyRequest, value: string) => Verdict

/** True when every policy of the list allows the request: a role's rights narrowed by a session's. */
export function isAllowed(policies: Policy[], request: PolicyRequest): boolean {
  return policies.every((policy) => {
    const applying = policy.Statement.filter((statement) => applies(statement, request))
    return applying.length > 0 && applying.every((statement) => statement.Effect === 'Allow')
  })
}

function applies(statement: PolicyStatement, request: PolicyRequest): boolean {
  const action = request.action.toLowerCase()
  if (!list(statement.Action).some((pattern) => matchesWildcard(pattern.toLowerCase(), action))) {
    return false
  }
  if (!list(statement.Resource).some((pattern) => matchesResource(pattern, request.resource))) {
    return false
  }
  const verdict = conditionVerdict(statement, request)
  // What we cannot judge must not open anything: an Allow falls away, a Deny stands.
  return verdict === 'met' || (verdict === 'unknown' && statement.Effect === 'Deny')
}

function list(value: string | string[]): string[] {
  return typeof value === 'string' ? [value] : value
}

/** `*` stands for any run of characters, also across `/`; `?` for one. Goes back to the last star only, never further. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const wanted = Array.from(pattern)
  const given = Array.from(text)
  let at = 0
  let star = -1
  let resumeAt = 0
  for (let i = 0; i < given.length; ) {
    if (wanted[at] === '*') {
      star = at++
      resumeAt = i
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[i])) {
      at++
      i++
    } else if (star >= 0) {
      at = star + 1
      i = ++resumeAt
    } else {
      return false
    }
  }
  while (wanted[at] === '*') at++
  return at === wanted.length
}

function matchesResource(pattern: string, resource: string): boolean {
  if (pattern === '*') return true
  const wanted = arnFields(pattern)
  const given = arnFields(resource)
  if (!wanted || !given) return false
  return wanted.every((field, index) => {
    const value = given[index] ?? ''
    const isPlace = index === 2 || index === 3
    if (isPlace && value === '*') return true
    // OSS writes a region both as cn-hangzhou and as oss-cn-hangzhou.
    const comparable = index === 2 ? field.replace(/^oss-/, '') : field
    return matchesWildcard(comparable, value)
  })
}

/** `acs`, service, region, owner, and the rest: a key may hold colons of its own. */
function arnFields(arn: string): string[] | undefined {
  const fields = arn.split(':')
  if (fields.length < 5) return undefined
  return [...fields.slice(0, 4), fields.slice(4).join(':')]
}

/** Every operator and key must be met; one of the values of a key is enough. */
function conditionVerdict(statement: PolicyStatement, request: PolicyRequest): Verdict {
  let verdict: Verdict = 'met'
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    for (const [key, values] of Object.entries(keys)) {
      const test = TESTS.get(`${operator} ${key}`)
      const verdicts = test ? list(values).map((value) => test(request, value)) : []
      if (verdicts.includes('met')) continue
      if (verdicts.length > 0 && !verdicts.includes('unknown')) return 'unmet'
      verdict = 'unknown'
    }
  }
  return verdict
}

const TESTS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['Bool acs:SecureTransport', (request, value) => secureTransportIs(request, value)],
  ['StringEquals oss:Prefix', (request, value) => verdictOf(request.prefix === value)],
  ['StringLike oss:Prefix', (request, value) => prefixIsLike(request, value)],
  ['IpAddress acs:SourceIp', (request, value) => comesFrom(request, value)],
  ['DateLessThan acs:CurrentTime', (request, value) => compareTime(request.now, value, -1)],
  ['DateGreaterThan acs:CurrentTime', (request, value) => compareTime(request.now, value, 1)],
])

function verdictOf(met: boolean): Verdict {
  return met ? 'met' : 'unmet'
}

function secureTransportIs(request: PolicyRequest, value: string): Verdict {
  const wanted = value.toLowerCase()
  if (wanted !== 'true' && wanted !== 'false') return 'unknown'
  return verdictOf(request.secureTransport === (wanted === 'true'))
}

function prefixIsLike(request: PolicyRequest, value: string): Verdict {
  return verdictOf(request.prefix !== undefined && matchesWildcard(value, request.prefix))
}

function compareTime(now: number, value: string, sign: -1 | 1): Verdict {
  const time = Date.parse(value)
  return Number.isNaN(time) ? 'unknown' : verdictOf(Math.sign(now - time) === sign)
}

function comesFrom(request: PolicyRequest, range: string): Verdict {
  const [network = '', bits, ...rest] = range.split('/')
  const family = isIPv4(network) ? 'ipv4' : 'ipv6'
  const longest = family === 'ipv4' ? 32 : 128
  const length = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : -1
  if (!isIP(network) || rest.length > 0 || length < 0 || length > longest) return 'unknown'
  // A socket that listens on both families reports IPv4 callers as ::ffff:a.b.c.d.
  const source = request.sourceIp.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!isIP(source)) return 'unknown'
  const allowed = new BlockList()
  allowed.addSubnet(network, length, family)
  return verdictOf(allowed.check(source, isIPv4(source) ? 'ipv4' : 'ipv6'))
}

/** Why a text is not a policy we can hold anybody to. */
export class PolicyGrammarError extends Error {
  override readonly name = 'PolicyGrammarError'
  readonly reason: string

  constructor(reason: string) {
    super(`The policy has not passed the grammar check: ${reason}`)
    this.reason = reason
  }
}

/**
 * Reads the JSON text of a policy. Unknown elements are refused: ignoring one could widen what it grants.
 *
 * @throws PolicyGrammarError
 */
export function parsePolicy(json: string): Policy {
  const { Version, Statement } = elements(parseJson(json), 'the policy', ['Version', 'Statement'])
  if (Version !== '1') throw new PolicyGrammarError('Version must be "1"')
  if (!Array.isArray(Statement) || Statement.length === 0) {
    throw new PolicyGrammarError('Statement must be a non-empty list')
  }
  return { Version, Statement: Statement.map(readStatement) }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new PolicyGrammarError('it is not JSON')
  }
}

const STATEMENT_ELEMENTS = ['Effect', 'Action', 'Resource', 'Condition']

function readStatement(value: unknown, index: number): PolicyStatement {
  const where = `statement ${index + 1}`
  const { Effect, Action, Resource, Condition } = elements(value, where, STATEMENT_ELEMENTS)
  if (Effect !== 'Allow' && Effect !== 'Deny') {
    throw new PolicyGrammarError(`${where}: Effect must be Allow or Deny`)
  }
  const actions = readTexts(Action, `${where}: Action`)
  const resources = readTexts(Resource, `${where}: Resource`)
  for (const action of list(actions)) {
    if (action !== '*' && !/^[a-z][a-z0-9-]*:[\w*?]+$/i.test(action)) {
      throw new PolicyGrammarError(`${where}: Action "${action}" is not of the form service:Name`)
    }
  }
  for (const resource of list(resources)) {
    if (resource !== '*' && (!resource.startsWith('acs:') || !arnFields(resource))) {
      throw new PolicyGrammarError(
        `${where}: Resource "${resource}" is not acs:service:region:owner:name`,
      )
    }
  }
  const statement: PolicyStatement = { Effect, Action: actions, Resource: resources }
  return Condition === undefined
    ? statement
    : { ...statement, Condition: readCondition(Condition, `${where}: Condition`) }
}

function readCondition(
  value: unknown,
  where: string,
): Record<string, Record<string, string | string[]>> {
  const operators = Object.entries(elements(value, where)).map(([operator, keys]) => {
    const tests = Object.entries(elements(keys, `${where} ${operator}`)).map(([key, wanted]) => [
      key,
      readTexts(
        typeof wanted === 'boolean' ? String(wanted) : wanted,
        `${where} ${operator} ${key}`,
      ),
    ])
    return [operator, Object.fromEntries(tests)]
  })
  return Object.fromEntries(operators)
}

function readTexts(value: unknown, where: string): string | string[] {
  if (typeof value === 'string' && value !== '') return value
  if (Array.isArray(value) && value.length > 0) {
    const texts = value.filter((item): item is string => typeof item === 'string' && item !== '')
    if (texts.length === value.length) return texts
  }
  throw new PolicyGrammarError(`${where} must be a text or a non-empty list of texts`)
}

function elements(value: unknown, where: string, known?: string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PolicyGrammarError(`${where} must be an object`)
  }
  const stranger = known && Object.keys(value).find((name) => !known.includes(name))
  if (stranger !== undefined) {
    throw new PolicyGrammarError(`${where} has an unknown element "${stranger}"`)
  }
  return { ...value }
}
