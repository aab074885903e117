import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import type { Failures } from '../plan/retry-policy.js'
import type { Parts } from './parts.js'
import type { Report } from './report.js'
import type { UploadResult } from './upload-result.js'
import type { WaitReason } from './wait-reason.js'

/** What never changes while an upload runs. */
export interface Job {
  /** Bytes of the file. */
  readonly size: number
  /** Otherwise it is one PutObject. */
  readonly isByParts: boolean
  /** Whether what is done outlives the page. */
  readonly persist: boolean
  /** A file of another upload is refused; otherwise its record gives way. */
  readonly mustResume: boolean
  /** Whether it may have been begun where nothing of ours is on record. */
  readonly looksElsewhere: boolean
  /** Bytes; a file up to this size is copied beside its record. */
  readonly keepCopyUpTo: number
  /** One holder over all tabs; the others show it. Not worth the while for one small request. */
  readonly isShared: boolean
  /** Runs where nobody may be looking: how it ended stays on record until someone has heard. */
  readonly isBackground: boolean
  /** Parts in flight at a time, at most. */
  readonly parallel: number
}

/** A multipart upload that OSS knows. */
export interface Begun {
  readonly uploadId: string
  /** `resumed`: taken up from a record, so OSS may have forgotten it. `afresh`: it had, and every part is sent again. */
  readonly origin: Origin
  readonly parts: Parts
  /** Parts of an earlier visit whose bytes are still to be compared with the file's. */
  readonly unproven: readonly AcknowledgedPart[]
}

export type Origin = 'new' | 'resumed' | 'afresh'

/** What is true of an upload. Each phase carries only what exists in it. */
export type TaskState =
  /** Asks whether another tab is at it. */
  | {
      readonly phase: 'claiming'
      readonly attempt: Attempt
      readonly isPaused: boolean
      readonly isCancelling: boolean
    }
  /** Another tab is: this one shows its reports and waits in line. */
  | {
      readonly phase: 'mirroring'
      readonly report?: Report | undefined
      readonly isCancelling: boolean
    }
  /** Its turn has come without its file. */
  | { readonly phase: 'fileless'; readonly needs: 'file' | 'permission' }
  | { readonly phase: 'idle'; readonly begun?: Begun | undefined }
  | { readonly phase: 'preparing'; readonly attempt: Attempt }
  | { readonly phase: 'putting'; readonly attempt: Attempt }
  | { readonly phase: 'initiating'; readonly attempt: Attempt; readonly origin: Origin }
  | ({ readonly phase: 'uploading' } & Begun)
  | { readonly phase: 'paused'; readonly begun?: Begun | undefined }
  | ({
      readonly phase: 'completing'
      readonly attempt: Attempt
      readonly isCancelling: boolean
    } & Begun)
  /** OSS does not know the upload: was it completed? */
  | ({ readonly phase: 'settling'; readonly attempt: Attempt } & Begun & Doubt)
  | { readonly phase: 'succeeded'; readonly result: UploadResult }
  | { readonly phase: 'failed'; readonly error: unknown }
  | { readonly phase: 'cancelled' }

/** OSS does not know an upload that may have been completed. */
export interface Doubt {
  readonly refusal: unknown
  /** A Complete of this task may have done it. */
  readonly mayBeDone: boolean
}

/** A request that is made until it succeeds or is given up. */
export interface Attempt {
  readonly failures: Failures
  /** Set between two attempts. */
  readonly waitingFor?: WaitReason
}
