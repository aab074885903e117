import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import type { PartPlan } from '../plan/part-plan.js'
import type { TabCommand } from '../tabs/messages.js'
import type { UploadResult } from './upload-result.js'

/** What is to be done about it: orders to the one place that touches the world. */
export type TaskEffect =
  /** Takes the upload for this tab, or finds who has it. */
  | { readonly type: 'claim' }
  /** Mirrors the holder, and waits in line behind it. */
  | { readonly type: 'joinLine' }
  | { readonly type: 'tellHolder'; readonly command: TabCommand }
  /** Looks for what an earlier visit left, and proves it. */
  | { readonly type: 'findCheckpoint' }
  /** Compares parts of an earlier visit with the file, while others are sent. */
  | {
      readonly type: 'proveParts'
      readonly plan: PartPlan
      readonly parts: readonly AcknowledgedPart[]
    }
  | { readonly type: 'saveCheckpoint'; readonly uploadId: string; readonly plan: PartPlan }
  | { readonly type: 'savePart'; readonly part: AcknowledgedPart }
  | { readonly type: 'removeCheckpoint' }
  /** Drops what an earlier visit left, here and on OSS. */
  | { readonly type: 'discardCheckpoint' }
  /** Writes down how it ended, for whoever looks later. */
  | { readonly type: 'saveEnd'; readonly result: UploadResult }
  | { readonly type: 'putObject' }
  | { readonly type: 'initiateUpload' }
  | {
      readonly type: 'uploadPart'
      readonly uploadId: string
      readonly partNumber: number
      readonly plan: PartPlan
    }
  /** Another tab or an earlier visit may have completed it: the object tells. */
  | {
      readonly type: 'settleCompletion'
      readonly plan: PartPlan
      readonly parts: readonly AcknowledgedPart[]
      readonly refusal: unknown
    }
  | {
      readonly type: 'completeUpload'
      readonly uploadId: string
      readonly plan: PartPlan
      readonly parts: readonly AcknowledgedPart[]
      readonly unproven: readonly AcknowledgedPart[]
    }
  /** Unless it is on the wire by now. */
  | { readonly type: 'takeBackComplete' }
  | { readonly type: 'abortUpload'; readonly uploadId: string }
  /** Aborts an upload that nothing can go on with; one on record stays. */
  | { readonly type: 'abortUnlessKept'; readonly uploadId: string }
  /** Stops every request and timer under way; none of them is heard of again. */
  | { readonly type: 'stopAll' }
  | {
      readonly type: 'wait'
      readonly afterMs: number
      readonly partNumber?: number
      /** For the line: it ends as soon as that is back. */
      readonly waitsForLine?: boolean
      /** It cannot end otherwise, except as a failure. */
      readonly untilOnline?: boolean
    }

/** What takes its time, and may be stopped. */
export type AsyncEffect = Exclude<TaskEffect, { type: 'stopAll' }>
/** What one request for a small file does not take. */
export type SharedEffect = Exclude<AsyncEffect, { type: 'putObject' | 'wait' }>
