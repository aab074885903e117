import ky, { isHTTPError } from 'ky'
import type { CredentialsSource } from '../environment.js'
import { causeWithoutRequest, OssCredentialsError } from '../errors.js'
import { parseRetryAfter, parseTimestamp } from '../protocol/timestamp.js'

/**
 * Credentials from the app server: `POST url` with `{ "reason": ... }` as JSON, cookies of the same origin included.
 *
 * @param url - Relative to the page, or absolute.
 */
export function credentialsEndpoint(url: string): CredentialsSource {
  // An application may have put a session into the query, which is nothing for a message.
  const name = url.replace(/[?#].*$/s, '')
  return async ({ reason, signal, onServerTime }) => {
    let text: string
    try {
      const response = await ky.post(url, { json: { reason }, retry: 0, timeout: false, signal })
      const serverMs = dateOf(response)
      if (serverMs !== undefined) onServerTime?.(serverMs)
      text = await response.text()
    } catch (error) {
      throw isHTTPError(error) ? refusal(name, error.response) : unreachable(name, error)
    }
    try {
      return JSON.parse(text) as unknown
    } catch {
      throw new OssCredentialsError(
        `${name} answered something that is not JSON: does a login page stand in front of it?`,
        { code: 'credentials', retryable: false, status: 200 },
      )
    }
  }
}

/** Hidden from pages of another origin, unless CORS exposes it. */
function dateOf({ headers }: Response): number | undefined {
  return parseTimestamp(headers.get('date') ?? '')
}

function refusal(url: string, response: Response): OssCredentialsError {
  const { status, headers } = response
  const isSignedOut = status === 401 || status === 403
  const cure = isSignedOut
    ? 'sign in again, then repeat the upload'
    : "look into the app server's log"
  return new OssCredentialsError(`${url} answered ${status} instead of credentials: ${cure}.`, {
    code: 'credentials',
    retryable: status >= 500 || status === 408 || status === 429,
    status,
    retryAfterMs: parseRetryAfter(
      headers.get('retry-after') ?? undefined,
      dateOf(response) ?? Date.now(),
    ),
  })
}

function unreachable(url: string, cause: unknown): OssCredentialsError {
  return new OssCredentialsError(`No answer from ${url}; check the network and the app server.`, {
    code: 'credentials',
    retryable: true,
    cause: causeWithoutRequest(cause),
  })
}
