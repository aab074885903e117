import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import type { PartPlan } from '../plan/part-plan.js'

/** What is to be done about it: orders to the one place that touches the world. */
export type TaskEffect =
  /** Looks for what an earlier visit left, and proves it. */
  | { readonly type: 'findCheckpoint' }
  | { readonly type: 'saveCheckpoint'; readonly uploadId: string; readonly plan: PartPlan }
  | { readonly type: 'savePart'; readonly part: AcknowledgedPart }
  | { readonly type: 'removeCheckpoint' }
  | { readonly type: 'putObject' }
  | { readonly type: 'initiateUpload' }
  | {
      readonly type: 'uploadPart'
      readonly uploadId: string
      readonly partNumber: number
      readonly plan: PartPlan
    }
  | {
      readonly type: 'completeUpload'
      readonly uploadId: string
      readonly parts: readonly AcknowledgedPart[]
      /** An earlier attempt may have taken effect without its answer being heard. */
      readonly isRepeat: boolean
    }
  | { readonly type: 'abortUpload'; readonly uploadId: string }
  /** Aborts an upload that nothing can go on with; one on record stays. */
  | { readonly type: 'abortUnlessKept'; readonly uploadId: string }
  /** Stops every request and timer under way; none of them is heard of again. */
  | { readonly type: 'stopAll' }
  | { readonly type: 'wait'; readonly afterMs: number; readonly partNumber?: number }
