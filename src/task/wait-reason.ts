import { isOssUploadError } from '../errors.js'

/** What an upload waits for before its next attempt. */
export type WaitReason = 'network' | 'retry' | 'credentials'

export function waitReason(error: unknown): WaitReason {
  if (!isOssUploadError(error)) return 'retry'
  if (error.code === 'credentials') return 'credentials'
  return ['network', 'timeout', 'cors'].includes(error.code) ? 'network' : 'retry'
}
