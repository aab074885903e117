import type { IncomingMessage, ServerResponse } from 'node:http'
import { isLoopback } from './config-problems.js'
import { HttpError } from './http-error.js'
import type { Settings } from './settings.js'

export interface OriginGuard {
  /** Throws 403 unless the request comes from our own page or an allowed one; says so in CORS headers to the latter only. */
  admit(request: IncomingMessage, response: ServerResponse): void
}

/** Keeps other sites from spending the cookie of a visitor, or our grants. */
export function createOriginGuard({
  publicUrl,
  allowedOrigins,
}: Pick<Settings, 'publicUrl' | 'allowedOrigins'>): OriginGuard {
  const knownHosts = new Set([...allowedOrigins].map((origin) => new URL(origin).host))
  if (publicUrl) knownHosts.add(publicUrl.host)

  return {
    admit(request, response) {
      const { host = '', origin } = request.headers
      // A name of somebody else's that resolves to us (DNS rebinding) would make their page our own origin.
      if (!knownHosts.has(host) && !isLoopbackHost(host)) {
        throw new HttpError(403, 'unknown_host', `${host} is not a name of this server.`)
      }
      if (origin !== undefined && allowedOrigins.has(origin)) {
        response.setHeader('Access-Control-Allow-Origin', origin)
        response.setHeader('Access-Control-Allow-Credentials', 'true')
        return
      }
      const site = request.headers['sec-fetch-site']
      const isOwnSite = site === undefined || site === 'same-origin' || site === 'none'
      const ownOrigins = [undefined, publicUrl?.origin, isLoopbackHost(host) && `http://${host}`]
      const isOwnOrigin = ownOrigins.includes(origin)
      if (!isOwnSite || !isOwnOrigin) {
        throw new HttpError(403, 'cross_site', 'Only pages of this site may call this.')
      }
    },
  }
}

function isLoopbackHost(host: string): boolean {
  return isLoopback(host.replace(/:\d+$/, ''))
}
