import type { OssClient } from '../client/oss-client.js'
import {
  isOssUploadError,
  OssCredentialsError,
  OssProtocolError,
  OssServiceError,
} from '../errors.js'
import { isUploadId } from '../protocol/encoding.js'
import type { DiscoverFunction, EffectContext } from './effect-context.js'

/** Each one may cost a reading of the file. */
const MOST_UPLOADS = 10
const ANSWER_MS = 30_000
/** Of a listing that OSS, or what stands before it, answers with failures. */
const TRIES = 3

/**
 * Upload IDs under which OSS may hold parts of this key. Finding them is a favour: where it is refused the upload begins
 * afresh. Thrown is only what would stop the upload too, or may be mended by another try.
 */
export async function discoverUploads(
  context: EffectContext,
  discover: true | DiscoverFunction,
  signal: AbortSignal,
): Promise<string[]> {
  const { client, key, rank } = context
  try {
    signal.throwIfAborted()
    const uploads =
      discover === true
        ? await client.listUploads(key, { rank, signal })
        : await answerOf(context, discover, signal)
    return uploadIds(uploads).slice(0, MOST_UPLOADS)
  } catch (error) {
    signal.throwIfAborted()
    if (discover === true && isToBeTold(context, error)) throw error
    const why = error instanceof Error ? error.message : String(error)
    const cure =
      discover === true
        ? 'Allow oss:ListMultipartUploads on the bucket, or give discover a function that asks your app server. '
        : ''
    warnOnce(client, `uploads begun elsewhere were not found. ${cure}${why}`)
    return []
  }
}

const NOT_FOUND = 'uploads begun elsewhere'

/** Once for an uploader: the next file would only say the same. */
export function warnOnce({ found }: OssClient, what: string): void {
  if (found.has(NOT_FOUND)) return
  found.add(NOT_FOUND)
  console.warn(`oss-direct-upload: ${what}`)
}

const failures = new WeakMap<EffectContext, number>()

function isToBeTold(context: EffectContext, error: unknown): boolean {
  if (error instanceof OssCredentialsError) return true
  if (!isOssUploadError(error) || !error.retryable) return false
  const isAnswer = error instanceof OssServiceError || error instanceof OssProtocolError
  if (!isAnswer) return true
  const count = (failures.get(context) ?? 0) + 1
  failures.set(context, count)
  return count < TRIES
}

function uploadIds(uploads: unknown): string[] {
  const ids = Array.isArray(uploads) ? uploads.map(uploadIdOf) : [undefined]
  const known = ids.filter((id) => id !== undefined)
  if (known.length < ids.length) {
    throw new TypeError('discover must resolve to an array of upload IDs.')
  }
  return known
}

function uploadIdOf(upload: unknown): string | undefined {
  const id = (upload as { uploadId?: unknown } | null)?.uploadId ?? upload
  return typeof id === 'string' && isUploadId(id) ? id : undefined
}

/** The application's answer, or the reason why it does not come: one that never does must not keep the upload. */
function answerOf(
  { environment: { clock }, key }: EffectContext,
  discover: DiscoverFunction,
  signal: AbortSignal,
): Promise<unknown> {
  const limit = new AbortController()
  const stop = () => limit.abort(signal.reason)
  const cancelTimer = clock.after(ANSWER_MS, () =>
    limit.abort(new Error(`discover did not answer within ${ANSWER_MS / 1000} s.`)),
  )
  signal.addEventListener('abort', stop, { once: true })
  const stopped = new Promise<never>((_resolve, reject) => {
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason), { once: true })
  })
  // In a chain, so that one which throws at once is refused like one which rejects.
  const answered = Promise.resolve().then(() => discover({ key, signal: limit.signal }))
  return Promise.race([answered, stopped]).finally(() => {
    cancelTimer()
    signal.removeEventListener('abort', stop)
  })
}
