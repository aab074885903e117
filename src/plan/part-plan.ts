const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

/** OSS's limits of a multipart upload. @see OSS "UploadPart", limits. */
export const MAX_PARTS = 10_000
export const MIN_PART_BYTES = 100 * KIB
/** Of one part, and of one PutObject. */
export const MAX_REQUEST_BYTES = 5 * GIB
export const MAX_OBJECT_BYTES = MAX_PARTS * MAX_REQUEST_BYTES

/** How a file is cut. Chosen once for an upload and never changed: OSS keeps the parts by number. */
export interface PartPlan {
  /** Bytes of the file. */
  readonly size: number
  /** Bytes of every part but the last. */
  readonly partSize: number
  /** Number of parts, at least 1. */
  readonly count: number
}

/** One PutObject, or a multipart upload cut by a plan. */
export type UploadPlan =
  | { readonly kind: 'put' }
  | { readonly kind: 'parts'; readonly parts: PartPlan }

export interface PartPlanOptions {
  /** Bytes. */
  readonly partSize?: number | undefined
  /** Bytes; a file up to this size goes by one PutObject. */
  readonly multipartThreshold?: number | undefined
}

/** What is known of the way to OSS. */
export interface Line {
  /** Requests there may be at a time. */
  readonly connections: number
  /** With all of them under way. */
  readonly bytesPerSecond?: number | undefined
}

/**
 * A file of one part or less goes by one PutObject unless `multipartThreshold` says otherwise.
 *
 * @throws RangeError when the file is larger than OSS can hold (48.8 TiB).
 */
export function planUpload(size: number, options: PartPlanOptions, line: Line): UploadPlan {
  if (size > MAX_OBJECT_BYTES) {
    throw new RangeError(`The file has ${size} bytes; OSS holds at most ${MAX_OBJECT_BYTES}.`)
  }
  const parts = planParts(size, options, line)
  const threshold =
    options.multipartThreshold ?? Math.max(options.partSize ?? PART_BYTES, parts.partSize)
  // An upload without a part cannot be completed, so an empty file is always put.
  return size === 0 || size <= threshold ? { kind: 'put' } : { kind: 'parts', parts }
}

/** How a file is cut when it is not put whole. */
export function planParts(size: number, options: PartPlanOptions, line: Line): PartPlan {
  const partSize = roomyPartSize(size, options.partSize ?? goodPartSize(size, line))
  return { size, partSize, count: Math.ceil(size / partSize) }
}

const PART_BYTES = 8 * MIB
const LARGE_FILE_PART_BYTES = 16 * MIB
const LEAST_PART_BYTES = MIB
/** So long a part may take on a slow line: what is in flight is lost when it breaks. */
const PART_SECONDS = 15
/** Below so many rounds, the last one's idle connections are seen in the whole. */
const FEW_ROUNDS = 10
const GRAIN = 64 * KIB

/** Each part costs a preflight and a round trip, so parts are large; but not so large that connections idle, or much is lost. */
function goodPartSize(size: number, { connections, bytesPerSecond }: Line): number {
  const most = size < GIB ? PART_BYTES : LARGE_FILE_PART_BYTES
  const share = (bytesPerSecond ?? Number.POSITIVE_INFINITY) / connections
  const wanted = Math.min(most, Math.max(LEAST_PART_BYTES, share * PART_SECONDS))
  const rounds = Math.ceil(size / wanted / connections)
  if (rounds > FEW_ROUNDS) return Math.ceil(wanted / GRAIN) * GRAIN
  // Whole rounds: otherwise the last parts go alone while the other connections idle.
  return Math.max(LEAST_PART_BYTES, Math.ceil(size / (rounds * connections) / GRAIN) * GRAIN)
}

/**
 * @throws RangeError or TypeError when an option is outside OSS's limits.
 */
export function checkPartPlanOptions({ partSize, multipartThreshold }: PartPlanOptions): void {
  checkBytes('partSize', partSize, MIN_PART_BYTES)
  checkBytes('multipartThreshold', multipartThreshold, 0)
}

/** Where a part stands in the file. @param partNumber - 1 to `count`. */
export function partRange(plan: PartPlan, partNumber: number) {
  const start = (partNumber - 1) * plan.partSize
  return { start, end: Math.min(start + plan.partSize, plan.size) }
}

/** Raises the part size, in whole MiB, where the file would need more than 10,000 parts. */
function roomyPartSize(size: number, wanted: number): number {
  if (Math.ceil(size / wanted) <= MAX_PARTS) return wanted
  return Math.min(Math.ceil(size / MAX_PARTS / MIB) * MIB, MAX_REQUEST_BYTES)
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
