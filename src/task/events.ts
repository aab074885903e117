import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import type { Begun, UploadResult } from './state.js'

/** What happened, in the past tense. Chance comes as data (`roll`, 0 to 1), so that a log of events can be replayed. */
export type TaskEvent =
  | { readonly type: 'started' }
  /** A record, this file and OSS agree. */
  | { readonly type: 'checkpointFound'; readonly begun: Begun }
  | { readonly type: 'nothingToResume' }
  | { readonly type: 'initiated'; readonly uploadId: string }
  | { readonly type: 'partUploaded'; readonly part: AcknowledgedPart }
  | {
      readonly type: 'partFailed'
      readonly partNumber: number
      readonly error: unknown
      readonly roll: number
    }
  | { readonly type: 'attemptFailed'; readonly error: unknown; readonly roll: number }
  | { readonly type: 'retryDue'; readonly partNumber?: number | undefined }
  | { readonly type: 'completed'; readonly result: UploadResult }
  | { readonly type: 'pauseRequested' }
  | { readonly type: 'resumeRequested' }
  | { readonly type: 'cancelRequested' }
