import type { CallbackOutcome } from '../protocol/callback-outcome.js'

/** What a finished upload resolves to. */
export interface UploadResult {
  /** The object's key. */
  readonly key: string
  /** Its bucket. */
  readonly bucket: string
  /** As OSS sent it, quotes included; empty when the bucket's CORS rule hides it. Of a multipart object it is not an MD5. */
  readonly etag: string
  /** CRC-64 of the object, decimal; empty when it was neither computed nor readable. */
  readonly crc64: string
  /** Bytes. */
  readonly size: number
  /** True when the CRC-64 computed from the file equals what OSS computed from the object, or from each of its parts. */
  readonly verified: boolean
  /** In a bucket with versioning. */
  readonly versionId?: string | undefined
  /** OSS's request id of the last request; empty when the bucket's CORS rule hides it. */
  readonly requestId: string
  /** What your server said to the upload's `callback`; absent where there was none. The object is stored in any case. */
  readonly callback?: CallbackOutcome | undefined
}
