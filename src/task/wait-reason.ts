import { isOssUploadError } from '../errors.js'
import type { Retry } from '../plan/retry-policy.js'

/** What an upload waits for before its next attempt. */
export type WaitReason = 'network' | 'retry' | 'credentials'

export function waitReason(error: unknown, { untilOnline }: Retry): WaitReason {
  if (untilOnline) return 'network'
  if (!isOssUploadError(error)) return 'retry'
  if (error.code === 'credentials') return 'credentials'
  // A server that answered was reached.
  if (error.status !== undefined) return 'retry'
  return ['network', 'timeout', 'cors'].includes(error.code) ? 'network' : 'retry'
}
