export interface CorsRule {
  /** `scheme://host[:port]` with at most one `*` where OSS stores it; the matching itself takes any number. */
  allowedOrigins: string[]
  allowedMethods: string[]
  allowedHeaders: string[]
  exposeHeaders: string[]
  maxAgeSeconds?: number
}

export interface CorsConfiguration {
  /** Empty: the bucket has no CORS configuration. */
  rules: CorsRule[]
  responseVary: boolean
}

export interface CorsQuestion {
  origin: string
  method: string
  /** Names only a preflight asks for. */
  requestHeaders?: string[]
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]', '*.localhost']

/** The rule the documentation of the library recommends, for a page on any loopback origin. */
export const LOOPBACK_RULE: CorsRule = {
  allowedOrigins: ['http', 'https'].flatMap((scheme) =>
    LOOPBACK.flatMap((host) => [`${scheme}://${host}`, `${scheme}://${host}:*`]),
  ),
  allowedMethods: ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'],
  allowedHeaders: ['*'],
  exposeHeaders: [
    'ETag',
    'Date',
    'Content-MD5',
    'x-oss-request-id',
    'x-oss-hash-crc64ecma',
    'x-oss-version-id',
    'x-oss-object-type',
    'x-oss-server-time',
    'x-oss-ec',
    'x-oss-err',
    'x-oss-next-append-position',
  ],
  maxAgeSeconds: 86400,
}

/** The first rule that fits origin, method and every header decides; OSS never merges rules. */
export function matchRule(rules: CorsRule[], question: CorsQuestion): CorsRule | undefined {
  return rules.find(
    (rule) =>
      rule.allowedOrigins.some((pattern) => matches(pattern, question.origin)) &&
      rule.allowedMethods.includes(question.method) &&
      (question.requestHeaders ?? []).every((name) =>
        rule.allowedHeaders.some((pattern) => matches(pattern.toLowerCase(), name.toLowerCase())),
      ),
  )
}

/** Echoes what was asked for: `*` as an allowed header would not cover Authorization. */
export function ruleHeaders(rule: CorsRule, question: CorsQuestion): Record<string, string> {
  const headers: Record<string, string> = {
    'Access-Control-Allow-Origin': question.origin,
    'Access-Control-Allow-Methods': rule.allowedMethods.join(', '),
  }
  if (question.requestHeaders?.length) {
    headers['Access-Control-Allow-Headers'] = question.requestHeaders.join(', ')
  }
  if (rule.exposeHeaders.length > 0) {
    headers['Access-Control-Expose-Headers'] = rule.exposeHeaders.join(', ')
  }
  if (rule.maxAgeSeconds !== undefined) {
    headers['Access-Control-Max-Age'] = String(rule.maxAgeSeconds)
  }
  return headers
}

/** For an actual request: no match means no headers, the operation goes on all the same. */
export function actualHeaders(
  configuration: CorsConfiguration,
  origin: string | undefined,
  method: string,
): Record<string, string> {
  const vary: Record<string, string> = configuration.responseVary ? { Vary: 'Origin' } : {}
  if (origin === undefined) return vary
  const rule = matchRule(configuration.rules, { origin, method })
  return rule ? { ...vary, ...ruleHeaders(rule, { origin, method }) } : vary
}

function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === text
  const last = rest.pop() ?? ''
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  const end = text.length - last.length
  let at = first.length
  for (const piece of rest) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return at <= end
}
