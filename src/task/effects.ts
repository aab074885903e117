import type { AcknowledgedPart } from './parts.js'

/** What is to be done about it: orders to the one place that touches the world. */
export type TaskEffect =
  | { readonly type: 'putObject' }
  | { readonly type: 'initiateUpload' }
  | { readonly type: 'uploadPart'; readonly uploadId: string; readonly partNumber: number }
  | {
      readonly type: 'completeUpload'
      readonly uploadId: string
      readonly parts: readonly AcknowledgedPart[]
    }
  | { readonly type: 'abortUpload'; readonly uploadId: string }
  /** Stops every request and timer under way; none of them is heard of again. */
  | { readonly type: 'stopAll' }
  | { readonly type: 'wait'; readonly afterMs: number; readonly partNumber?: number }
