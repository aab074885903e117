import type { MultipartClient } from '../client/multipart-client.js'
import type { Environment } from '../environment.js'
import { NO_FAILURES, retryPolicy } from '../plan/retry-policy.js'

const TRIES = 3

interface AbortContext {
  readonly environment: Pick<Environment, 'clock' | 'random'>
  readonly client: MultipartClient
  readonly rank: number
}

/**
 * Aborts an upload on OSS, a few times if need be.
 *
 * @throws what OSS said last, where another time may go better. What OSS refuses for good is left to the bucket's lifecycle rule.
 */
export async function abortUpload(
  { environment: { clock, random }, client, rank }: AbortContext,
  key: string,
  uploadId: string,
): Promise<void> {
  let failures = NO_FAILURES
  for (let tries = 1; ; tries++) {
    try {
      return await client.abort(key, uploadId, { rank, signal: new AbortController().signal })
    } catch (error) {
      const decision = retryPolicy({ error, roll: random() }, failures)
      if (decision === 'give up') return
      if (tries >= TRIES) throw error
      failures = decision.failures
      await new Promise<void>((resolve) => void clock.after(decision.afterMs, resolve))
    }
  }
}
