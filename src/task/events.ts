import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import type { PartPlan } from '../plan/part-plan.js'
import type { Fault } from '../plan/retry-policy.js'
import type { Report } from './report.js'
import type { Begun } from './state.js'
import type { UploadResult } from './upload-result.js'

/** What happened, in the past tense. Chance comes as data (`roll`, 0 to 1), so that a log of events can be replayed. */
export type TaskEvent =
  /** This tab holds the upload: it was free, or its turn in the line has come. */
  | { readonly type: 'lockGranted'; readonly needs?: 'file' | 'permission' | undefined }
  | { readonly type: 'heldElsewhere' }
  /** A tab has come that has the file this one waits for. */
  | { readonly type: 'outranked' }
  | { readonly type: 'reported'; readonly report: Report; readonly isFinal: boolean }
  /** What the other tab uploads is another file, or to be stored otherwise. */
  | { readonly type: 'foundDifferent'; readonly error: unknown }
  /** Whoever put this one in line has ended the upload. */
  | { readonly type: 'withdrawn' }
  | { readonly type: 'fileGiven' }
  /** The user did not allow to read it, or it is gone: it has to be chosen. */
  | { readonly type: 'fileRefused' }
  | { readonly type: 'started' }
  /** A record, this file and OSS agree. */
  | { readonly type: 'checkpointFound'; readonly begun: Begun }
  | { readonly type: 'nothingToResume'; readonly isForgotten?: boolean | undefined }
  /** `plan`: the file is cut by what is known of the line by then. */
  | { readonly type: 'initiated'; readonly uploadId: string; readonly plan: PartPlan }
  | { readonly type: 'partUploaded'; readonly part: AcknowledgedPart }
  | ({
      readonly type: 'partFailed'
      readonly partNumber: number
    } & Fault)
  /** OSS does not have them as they were acknowledged. */
  | {
      readonly type: 'partsLost'
      readonly partNumbers: readonly number[]
      readonly error: unknown
    }
  | ({ readonly type: 'attemptFailed' } & Fault)
  | { readonly type: 'retryDue'; readonly partNumber?: number | undefined }
  | { readonly type: 'completed'; readonly result: UploadResult }
  | { readonly type: 'pauseRequested' }
  | { readonly type: 'resumeRequested' }
  | { readonly type: 'cancelRequested' }
