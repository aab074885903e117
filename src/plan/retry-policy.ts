import { isOssUploadError, type OssUploadError } from '../errors.js'

/** Each kind of fault has tries of its own: a bad line does not use up the patience with a busy server. */
export type FaultKind =
  | 'offline'
  | 'network'
  | 'server'
  /** The app server was not reached. */
  | 'appServer'
  /** It was, or the credentials function failed by itself. */
  | 'credentials'
  | 'cors'
  | 'checksum'
  | 'protocol'

/** Failed attempts at one request, by kind. */
export type Failures = Readonly<Partial<Record<FaultKind, number>>>

export const NO_FAILURES: Failures = {}

/** A failed attempt. */
export interface Fault {
  readonly error: unknown
  /** A random number from 0 to 1. */
  readonly roll: number
  /** The device had no line when it failed. */
  readonly isOffline?: boolean | undefined
  /** What failed for good, by its error, may have passed by now. */
  readonly mayPass?: boolean | undefined
}

export interface Retry {
  /** While offline: how long at most; then it is given up. */
  readonly afterMs: number
  /** Nothing is attempted, and no try spent, before the device has a line again. */
  readonly untilOnline: boolean
  /** This fault included. */
  readonly failures: Failures
}

export type RetryDecision = Retry | 'give up'

const BASE_MS = 400
/** OSS asked for less: it gets longer pauses. */
const THROTTLED_BASE_MS = 2_000
const LONGEST_MS = 20_000
/** What a server may ask for with `Retry-After`. */
export const LONGEST_RETRY_AFTER_MS = 300_000
/** A device may be without a line for a working day, or a night. */
const LONGEST_OFFLINE_MS = 24 * 3_600_000

/**
 * Tries in all, by kind. A line that is dead without the device's knowing is waited for through a tunnel: with a pause of ten
 * seconds on average, 64 tries last ten minutes, 24 three. What one more try can hardly mend gets few.
 */
const TRIES: Readonly<Record<FaultKind, number>> = {
  offline: Number.POSITIVE_INFINITY,
  network: 64,
  server: 8,
  appServer: 24,
  credentials: 5,
  cors: 4,
  checksum: 3,
  protocol: 3,
}

/**
 * Whether a failed attempt is tried again, and after how long: exponential backoff with full jitter, or what the server asked
 * for. This is the only place that decides on a retry.
 *
 * @param before - Failures of earlier attempts at the same request.
 */
export function retryPolicy(
  { error, roll, isOffline, mayPass }: Fault,
  before: Failures,
): RetryDecision {
  if (!isOssUploadError(error) || !(error.retryable || mayPass)) return 'give up'
  const kind = kindOf(error, isOffline === true)
  const tries = (before[kind] ?? 0) + 1
  if (tries >= TRIES[kind]) return 'give up'
  const untilOnline = kind === 'offline'
  return {
    afterMs: untilOnline ? LONGEST_OFFLINE_MS : pauseMs(error, tries, roll),
    untilOnline,
    failures: { ...before, [kind]: tries },
  }
}

function pauseMs({ status, retryAfterMs }: OssUploadError, tries: number, roll: number): number {
  const isThrottled = status === 429 || status === 503
  const base = isThrottled ? THROTTLED_BASE_MS : BASE_MS
  const jitter = Math.min(LONGEST_MS, base * 2 ** (tries - 1)) * roll
  // The jitter on top: whoever was told the same moment does not come back at once.
  return Math.round(Math.min(LONGEST_RETRY_AFTER_MS, retryAfterMs ?? 0) + jitter)
}

/** Whoever answered with a status was there: that is the server's fault, not the line's. */
function kindOf({ code, status, cause }: OssUploadError, isOffline: boolean): FaultKind {
  switch (code) {
    case 'network':
    case 'timeout':
      if (status !== undefined) return 'server'
      return isOffline ? 'offline' : 'network'
    case 'credentials':
      if (status === undefined && isOffline) return 'offline'
      // What the platform throws when nobody answers; an application's function may hand it on.
      return cause instanceof TypeError ? 'appServer' : code
    case 'cors':
      return isOffline ? 'offline' : code
    case 'checksum':
    case 'protocol':
      return code
    case 'file-unreadable':
    case 'file-changed':
      return 'checksum'
    default:
      return 'server'
  }
}
