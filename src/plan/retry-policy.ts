import { isOssUploadError, type OssUploadErrorCode } from '../errors.js'

export type RetryDecision = { readonly afterMs: number } | 'give up'

const BASE_MS = 400
const LONGEST_MS = 20_000

/** Tries in all, by what went wrong. What one more try can hardly mend gets few. */
const TRIES: Readonly<Partial<Record<OssUploadErrorCode, number>>> = {
  cors: 4,
  checksum: 3,
  protocol: 3,
  credentials: 5,
}
const DEFAULT_TRIES = 8

/**
 * Whether a failed attempt is tried again, and after how long: exponential backoff with full jitter.
 * This is the only place that decides on a retry.
 *
 * @param tries - Attempts made so far, this one included.
 * @param roll - A random number from 0 to 1.
 */
export function retryPolicy(error: unknown, tries: number, roll: number): RetryDecision {
  if (!isOssUploadError(error) || !error.retryable) return 'give up'
  if (tries >= (TRIES[error.code] ?? DEFAULT_TRIES)) return 'give up'
  const ceiling = Math.min(LONGEST_MS, BASE_MS * 2 ** (tries - 1))
  return { afterMs: Math.round(ceiling * roll) }
}
