import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import sirv from 'sirv'
import { createApi } from './api.js'
import type { AppServerConfig } from './app-server-config.js'
import { createGrants } from './grants.js'
import { listen } from './listen.js'
import { createOriginGuard } from './origin-guard.js'
import { ossOrigin } from './oss-address.js'
import { pageHeaders } from './page-headers.js'
import { createRateLimit } from './rate-limit.js'
import { createRoleAssumer } from './role-assumer.js'
import { createRoutes } from './routes.js'
import { createSessions } from './sessions.js'
import { settle } from './settings.js'

export interface AppServer {
  /** `http://localhost:PORT`, or `publicUrl` where one is configured. */
  url: string
  close(): Promise<void>
  /** Ends every connection and refuses new ones, until what it returns is called. */
  refuseConnections(): () => Promise<void>
}

const GRANTS_PER_MINUTE = 60

/** A request of this size is here at once, or somebody holds the connection on purpose. */
const REQUEST_TIMEOUT_MS = 10_000

/**
 * Serves the page and hands out upload credentials for its user's prefix.
 *
 * @throws ConfigError when the configuration cannot work; the error of `listen` when the port is taken.
 */
export async function startAppServer(config: AppServerConfig): Promise<AppServer> {
  const settings = settle(config)
  const sessions = createSessions({
    secure: settings.publicUrl?.protocol === 'https:',
    user: settings.user,
  })
  const grants = createGrants({ settings, assumeRole: createRoleAssumer(settings) })
  const rateLimit = createRateLimit(GRANTS_PER_MINUTE, settings.now)
  const api = createApi({
    routes: createRoutes({ settings, grants, sessions, rateLimit }),
    guard: createOriginGuard(settings),
    log: (line) => console.error(line),
    faults: config.faults ?? {},
  })
  const headers = Object.entries(pageHeaders(ossOrigin(settings)))
  const files =
    config.staticDir === undefined
      ? undefined
      : sirv(config.staticDir, {
          etag: true,
          setHeaders: (response) => response.setHeader('Cache-Control', 'no-cache'),
        })

  function serve(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of headers) response.setHeader(name, value)
    const path = request.url?.split('?', 1)[0] ?? '/'
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!files || !isRead || api.has(path)) return void api.handle(path, request, response)
    if (request.method === 'GET' && /(\/|\.html)$/.test(path)) sessions.begin(request, response)
    files(request, response, () => api.handle(path, request, response))
  }

  const limits = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS }
  const listening = await listen(config.host, config.port, () => createServer(limits, serve))
  const { port, close, refuseConnections } = listening
  return { url: settings.publicUrl?.origin ?? `http://localhost:${port}`, close, refuseConnections }
}
