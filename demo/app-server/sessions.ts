import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface Sessions {
  /** Undefined: this browser has no session yet. */
  userOf(request: IncomingMessage): string | undefined
  /** The user of the session, begun now if need be. */
  begin(request: IncomingMessage, response: ServerResponse): string
}

export interface SessionsOptions {
  /** Whether browsers reach us by https. */
  secure: boolean
  /** Everybody is this user. */
  user: string | undefined
}

/** Resuming an upload tomorrow needs the prefix of today. */
const LIFE_SECONDS = 30 * 24 * 3600

/**
 * Stands in for real sign-in: a random id in a cookie that no script can read and no other site can send. The server keeps
 * nothing, so a restart loses nobody. The user id is a hash of it, because user ids show in keys and logs.
 */
export function createSessions({ secure, user }: SessionsOptions): Sessions {
  const cookieName = secure ? '__Host-oss_demo_session' : 'oss_demo_session'
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${LIFE_SECONDS}${secure ? '; Secure' : ''}`

  function userOf(request: IncomingMessage): string | undefined {
    if (user !== undefined) return user
    const id = cookieOf(request.headers.cookie ?? '', cookieName)
    return id !== undefined && /^[\w-]{22}$/.test(id) ? userIdOf(id) : undefined
  }

  return {
    userOf,
    begin(request, response) {
      const known = userOf(request)
      if (known !== undefined) return known
      const id = randomBytes(16).toString('base64url')
      response.appendHeader('Set-Cookie', `${cookieName}=${id}; ${attributes}`)
      return userIdOf(id)
    },
  }
}

function userIdOf(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('base64url').slice(0, 22)
}

function cookieOf(header: string, name: string): string | undefined {
  const pair = header
    .split(';')
    .map((text) => text.trim())
    .find((text) => text.startsWith(`${name}=`))
  return pair?.slice(name.length + 1)
}
