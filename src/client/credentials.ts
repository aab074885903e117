import type { CredentialsReason, Environment } from '../environment.js'
import { OssCredentialsError } from '../errors.js'
import { orAborted } from '../or-aborted.js'
import { LONGEST_RETRY_AFTER_MS } from '../plan/retry-policy.js'
import { type GrantedCredentials, readCredentials } from './credentials-answer.js'

const EARLY_LEAST_MS = 120_000
const EARLY_SHARE = 0.2
const JITTER = 0.1
const ANSWER_WITHIN_MS = 30_000
/** After a failed question, where the app server named no time. */
const BREATH_MS = 500
/** After a failed renewal, on average, while the old ones live. */
const ASK_AGAIN_MS = 10_000

/** Credentials for all requests of an uploader: asked for once, shared, renewed ahead of their end while requests go on. */
export interface CredentialsProvider {
  /** @throws OssCredentialsError, or the signal's reason. */
  readonly get: (signal: AbortSignal) => Promise<GrantedCredentials>
  /** New credentials in place of ones that OSS refused; many callers with the same ones cause one renewal. */
  readonly renew: (rejected: GrantedCredentials, signal: AbortSignal) => Promise<GrantedCredentials>
}

interface Held {
  readonly credentials: GrantedCredentials
  /** By the device's clock: what is known of OSS's may change. */
  readonly grantedAt: number
  readonly roll: number
  /** By what was known then: the clock was wrong, or the app server is. They are used until OSS refuses them. */
  readonly hasEndedOnArrival: boolean
  /** By OSS, whatever their time. */
  readonly isRejected: boolean
}

interface Asking {
  readonly answer: Promise<GrantedCredentials>
  readonly stop: AbortController
  waiters: number
}

/**
 * @param serverTime - What the clock of OSS and STS shows when the device's shows so much.
 * @param onServerTime - Told what the app server's clock shows.
 */
export function createCredentialsProvider(
  { clock, random, credentials: source }: Pick<Environment, 'clock' | 'random' | 'credentials'>,
  serverTime: (deviceMs: number) => number = (deviceMs) => deviceMs,
  onServerTime: (serverMs: number) => void = () => {},
): CredentialsProvider {
  let held: Held | undefined
  let asking: Asking | undefined
  /** After a failure: no question is put before, and whoever comes meanwhile waits for the same one. */
  const breath = createRest(clock)
  /** In the background, while the old ones live. */
  const calm = createRest(clock)

  function ask(reason: CredentialsReason): Asking {
    const stop = new AbortController()
    const waitMs = breath.leftMs()
    const raw =
      waitMs > 0
        ? after(waitMs, stop.signal).then(() => withDeadline(reason, stop))
        : withDeadline(reason, stop)
    const answer = raw
      .then(readCredentials)
      .then((credentials) => {
        // What answers a question that was taken back could be older than what is held.
        if (!stop.signal.aborted) {
          held = hold(credentials)
        }
        return credentials
      })
      .catch((error) => {
        const { retryAfterMs = 0 } = error instanceof OssCredentialsError ? error : {}
        const askedMs = Math.min(LONGEST_RETRY_AFTER_MS, retryAfterMs)
        // One that was taken back has not failed.
        if (!stop.signal.aborted) breath.begin(Math.max(BREATH_MS, askedMs))
        throw held ? spoilt(error) : error
      })
      .finally(() => forget(question))
    // Nobody may be left to hear of a failure.
    answer.catch(() => {})
    const question: Asking = { answer, stop, waiters: 0 }
    return question
  }

  /** Never, where it is aborted: then nobody waits any more. */
  function after(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancelTimer = clock.after(ms, resolve)
      signal.addEventListener('abort', cancelTimer, { once: true })
    })
  }

  function forget(question: Asking): void {
    if (asking === question) asking = undefined
  }

  /** One question at a time; it is taken back when the last one who waits for it leaves. */
  async function shared(
    reason: CredentialsReason,
    signal: AbortSignal,
  ): Promise<GrantedCredentials> {
    signal.throwIfAborted()
    asking ??= ask(reason)
    const mine = asking
    mine.waiters++
    try {
      return await orAborted(mine.answer, signal)
    } finally {
      mine.waiters--
      if (mine.waiters === 0) {
        mine.stop.abort()
        forget(mine)
      }
    }
  }

  function withDeadline(reason: CredentialsReason, stop: AbortController): Promise<unknown> {
    // An application's function may also answer, or throw, at once.
    const answer = new Promise((resolve) =>
      resolve(source({ reason, signal: stop.signal, onServerTime })),
    )
    return new Promise((resolve, reject) => {
      const cancelTimer = clock.after(ANSWER_WITHIN_MS, () => {
        stop.abort()
        reject(noAnswer())
      })
      answer.then(resolve, (error) => reject(asCredentialsError(error))).finally(cancelTimer)
    })
  }

  /** While the old ones live, no request waits for a slow app server, and a failing one is not asked by every request. */
  function askInBackground(): void {
    if (asking || calm.leftMs() > 0) return
    asking = ask('expiring')
    // It stays asked, whoever else leaves.
    asking.waiters++
    asking.answer.catch(() => {
      calm.begin(Math.max(breath.leftMs(), ASK_AGAIN_MS * (0.5 + random())))
    })
  }

  function hold(credentials: GrantedCredentials): Held {
    const grantedAt = clock.now()
    const hasEndedOnArrival = serverTime(grantedAt) >= credentials.expiresAt
    return { credentials, grantedAt, roll: random(), hasEndedOnArrival, isRejected: false }
  }

  function stageOf(known: Held): 'fresh' | 'expiring' | 'ended' {
    const { credentials, grantedAt, roll } = known
    const now = serverTime(clock.now())
    if (now >= credentials.expiresAt) return known.hasEndedOnArrival ? 'fresh' : 'ended'
    return now < renewalTime(credentials, serverTime(grantedAt), roll) ? 'fresh' : 'expiring'
  }

  return {
    async get(signal) {
      if (!held) return shared('first', signal)
      if (held.isRejected) return shared('rejected', signal)
      const stage = stageOf(held)
      if (stage === 'ended') return shared('expiring', signal)
      if (stage === 'expiring') askInBackground()
      return held.credentials
    },
    async renew(rejected, signal) {
      if (held?.credentials === rejected) held = { ...held, isRejected: true }
      const isUsable = held && !held.isRejected && stageOf(held) !== 'ended'
      return held && isUsable ? held.credentials : shared('rejected', signal)
    },
  }
}

/** A time to wait, which is never longer than it was, where the clock is set back. */
function createRest({ now }: Pick<Environment['clock'], 'now'>) {
  let [endsAt, ofMs] = [0, 0]
  return {
    begin(ms: number): void {
      ;[endsAt, ofMs] = [now() + ms, ms]
    },
    leftMs(): number {
      endsAt = Math.min(endsAt, now() + ofMs)
      return Math.max(0, endsAt - now())
    },
  }
}

/**
 * When to renew: 120 s or a fifth of their life before the end, a little earlier or later so that pages do not ask at once.
 * Credentials that seem to have ended when they arrive tell of a wrong local clock: those are used until OSS refuses them.
 */
export function renewalTime(credentials: GrantedCredentials, now: number, roll: number): number {
  const life = credentials.expiresAt - now
  if (life <= 0) return Number.POSITIVE_INFINITY
  const early = Math.max(EARLY_LEAST_MS, life * EARLY_SHARE) * (1 - JITTER + 2 * JITTER * roll)
  // Short-lived ones are used for half their life at least, rather than renewed before every request.
  return Math.max(credentials.expiresAt - early, now + life / 2)
}

/** What answered well before, and answers rubbish now, may answer well again. Whoever is signed out stays so. */
function spoilt(error: unknown): unknown {
  const isRubbish = error instanceof OssCredentialsError && (error.status ?? 200) === 200
  if (!isRubbish || error.retryable) return error
  const { message, code, status, cause } = error
  return new OssCredentialsError(message, { code, retryable: true, status, cause })
}

function asCredentialsError(error: unknown): unknown {
  if (error instanceof OssCredentialsError) return error
  return new OssCredentialsError('The credentials function failed; see the cause.', {
    code: 'credentials',
    retryable: true,
    cause: error,
  })
}

function noAnswer(): OssCredentialsError {
  return new OssCredentialsError(
    `No credentials within ${ANSWER_WITHIN_MS / 1000} s; check the app server.`,
    { code: 'credentials', retryable: true },
  )
}
