import type { PartPlan } from '../plan/part-plan.js'
import type { Parts } from './parts.js'
import type { WaitReason } from './wait-reason.js'

/** What never changes while an upload runs. */
export interface Job {
  /** Bytes of the file. */
  readonly size: number
  /** Absent: one PutObject. */
  readonly parts?: PartPlan
  /** Whether what is done outlives the page. */
  readonly persist: boolean
  /** Whether it may have been begun where nothing of ours is on record. */
  readonly looksElsewhere?: boolean
  /** Parts in flight at a time, at most. */
  readonly parallel: number
}

/** A multipart upload that OSS knows. */
export interface Begun {
  readonly uploadId: string
  /** Taken up from a record; OSS may have forgotten it. */
  readonly isResumed: boolean
  readonly parts: Parts
}

/** What is true of an upload. Each phase carries only what exists in it. */
export type TaskState =
  | { readonly phase: 'idle'; readonly begun?: Begun | undefined }
  | { readonly phase: 'preparing'; readonly attempt: Attempt }
  | { readonly phase: 'putting'; readonly attempt: Attempt }
  | { readonly phase: 'initiating'; readonly attempt: Attempt }
  | ({ readonly phase: 'uploading' } & Begun)
  | { readonly phase: 'paused'; readonly begun?: Begun | undefined }
  | ({
      readonly phase: 'completing'
      readonly attempt: Attempt
      readonly isCancelling: boolean
    } & Begun)
  | { readonly phase: 'succeeded'; readonly result: UploadResult }
  | { readonly phase: 'failed'; readonly error: unknown }
  | { readonly phase: 'cancelled' }

/** A request that is made until it succeeds or is given up. */
export interface Attempt {
  readonly failures: number
  /** Set between two attempts. */
  readonly waitingFor?: WaitReason
}

/** What a finished upload resolves to. */
export interface UploadResult {
  /** The object's key. */
  readonly key: string
  /** Its bucket. */
  readonly bucket: string
  /** As OSS sent it, quotes included. Of a multipart object it is not an MD5. */
  readonly etag: string
  /** CRC-64 of the object, decimal; empty when it was neither computed nor readable. */
  readonly crc64: string
  /** Bytes. */
  readonly size: number
  /** True when the CRC-64 computed from the file equals the one OSS computed from what it stored. */
  readonly verified: boolean
  /** In a bucket with versioning. */
  readonly versionId?: string | undefined
  /** OSS's request id of the last request; empty when the bucket's CORS rule hides it. */
  readonly requestId: string
}
