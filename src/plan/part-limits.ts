const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

/** OSS's limits of a multipart upload. @see OSS "UploadPart", limits. */
export const MAX_PARTS = 10_000
export const MIN_PART_BYTES = 100 * KIB
/** Of one part, and of one PutObject. */
export const MAX_REQUEST_BYTES = 5 * GIB
export const MAX_OBJECT_BYTES = MAX_PARTS * MAX_REQUEST_BYTES

export interface PartPlanOptions {
  /** Bytes. */
  readonly partSize?: number | undefined
  /** Bytes; a file up to this size goes by one PutObject. */
  readonly multipartThreshold?: number | undefined
}

/**
 * Where one connection has the whole line, parts of a file of this size cost it an eighth more time; where it has not, it takes a
 * half to a fifth.
 */
const PUT_BYTES = 4 * MIB

/**
 * A file of up to 4 MiB goes by one PutObject unless `partSize` or `multipartThreshold` say otherwise; never by what the line is
 * like, or another visit would not look for what this one begins.
 *
 * @throws RangeError when the file is larger than OSS can hold (48.8 TiB).
 */
export function goesByParts(
  size: number,
  { partSize, multipartThreshold }: PartPlanOptions,
): boolean {
  if (size > MAX_OBJECT_BYTES) {
    throw new RangeError(`The file has ${size} bytes; OSS holds at most ${MAX_OBJECT_BYTES}.`)
  }
  // Never an empty file: an upload without a part cannot be completed.
  return size > (multipartThreshold ?? partSize ?? PUT_BYTES)
}

/**
 * @throws RangeError or TypeError when an option is outside OSS's limits.
 */
export function checkPartPlanOptions({ partSize, multipartThreshold }: PartPlanOptions): void {
  checkBytes('partSize', partSize, MIN_PART_BYTES)
  checkBytes('multipartThreshold', multipartThreshold, 0)
}

function checkBytes(option: string, bytes: unknown, least: number): void {
  if (bytes === undefined) return
  if (typeof bytes !== 'number' || !Number.isInteger(bytes)) {
    throw new TypeError(`${option} must be a whole number of bytes.`)
  }
  if (bytes < least || bytes > MAX_REQUEST_BYTES) {
    throw new RangeError(`${option} must be ${least} to ${MAX_REQUEST_BYTES} bytes, not ${bytes}.`)
  }
}
