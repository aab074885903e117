import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Grants } from './grants.js'
import { HttpError } from './http-error.js'
import { readJsonBody } from './json-body.js'
import { checkOwnKey, openLink } from './open-link.js'
import type { RateLimit } from './rate-limit.js'
import type { Sessions } from './sessions.js'
import type { Settings } from './settings.js'

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  query: URLSearchParams
}

/** What a route answers: JSON, or the way to another place. */
export type Answer = { json: unknown } | { redirectTo: string }

export type Route = (exchange: Exchange) => Promise<Answer>

export interface RoutesDeps {
  settings: Settings
  grants: Grants
  sessions: Sessions
  rateLimit: RateLimit
}

const REASONS: readonly unknown[] = ['first', 'expiring', 'rejected']

/** `path -> method -> route` */
export function createRoutes(
  deps: RoutesDeps,
): ReadonlyMap<string, Readonly<Record<string, Route>>> {
  const { settings, grants, sessions } = deps

  async function credentials({ request }: Exchange): Promise<Answer> {
    const user = knownUser(request)
    const { reason } = await readJsonBody(request)
    if (reason !== undefined && !REASONS.includes(reason)) {
      throw new HttpError(400, 'bad_request', 'reason must be "first", "expiring" or "rejected".')
    }
    spendOne(user)
    // Whoever does not say why may hold rejected ones: only a first time is content with what others got.
    const grant = await grants.forUpload(user, { fresh: reason !== 'first' })
    return { json: { ...grant, prefix: grants.prefixOf(user) } }
  }

  async function config({ request, response }: Exchange): Promise<Answer> {
    const { region, bucket, ossEndpoint, addressing } = settings
    const prefix = grants.prefixOf(sessions.begin(request, response))
    // JSON leaves out what is undefined.
    return { json: { region, bucket, endpoint: ossEndpoint, addressing, prefix } }
  }

  async function open({ request, query }: Exchange): Promise<Answer> {
    const user = knownUser(request)
    const key = query.get('key') ?? ''
    checkOwnKey(key, grants.prefixOf(user))
    return { redirectTo: openLink(settings, key, await grants.forReading(user)) }
  }

  /** In the shape pages written for ali-oss read. */
  async function sts({ request }: Exchange): Promise<Answer> {
    const user = knownUser(request)
    spendOne(user)
    const grant = await grants.forUpload(user, { fresh: false })
    return {
      json: {
        AccessKeyId: grant.accessKeyId,
        AccessKeySecret: grant.accessKeySecret,
        SecurityToken: grant.securityToken,
        Expiration: grant.expiration,
      },
    }
  }

  function knownUser(request: IncomingMessage): string {
    const user = sessions.userOf(request)
    if (user !== undefined) return user
    throw new HttpError(401, 'no_session', 'Open the page or GET /api/oss/config first.')
  }

  function spendOne(user: string): void {
    const seconds = deps.rateLimit.secondsToWait(user)
    if (seconds === undefined) return
    const headers = { 'Retry-After': String(seconds) }
    throw new HttpError(429, 'rate_limited', 'Too many credentials in one minute.', headers)
  }

  return new Map([
    ['/api/oss/credentials', { POST: credentials }],
    ['/api/oss/config', { GET: config }],
    ['/api/oss/open', { GET: open }],
    ['/sts', { GET: sts }],
  ])
}
