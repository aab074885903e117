import { type CorsConfiguration, matchRule, ruleHeaders } from './cors.js'
import { OssError } from './oss-error.js'
import type { OssRequest } from './oss-request.js'
import type { Reply } from './reply.js'

/** The browser's question before a request: unsigned, and refused without a CORS header. */
export function answerPreflight({ headers }: OssRequest, cors: CorsConfiguration): Reply {
  const origin = headers['origin']
  const method = headers['access-control-request-method']
  if (!origin || !method) {
    const message = 'Insufficient information. Origin and request method are needed.'
    throw new OssError(400, 'BadRequest', message)
  }
  const requestHeaders = (headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const question = { origin, method, requestHeaders }
  const rule = matchRule(cors.rules, question)
  if (!rule) {
    const message =
      cors.rules.length === 0
        ? 'CORSResponse: CORS is not enabled for this bucket.'
        : 'CORSResponse: This CORS request is not allowed: no rule fits its origin, method and headers.'
    throw new OssError(403, 'AccessForbidden', message)
  }
  const vary: Record<string, string> = cors.responseVary ? { Vary: 'Origin' } : {}
  return { status: 200, headers: { ...vary, ...ruleHeaders(rule, question) } }
}
