import { MAX_PARTS, MAX_REQUEST_BYTES, type PartPlanOptions } from './part-limits.js'

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

/** How a file is cut. Chosen once for an upload and never changed: OSS keeps the parts by number. */
export interface PartPlan {
  /** Bytes of the file. */
  readonly size: number
  /** Bytes of the first part. */
  readonly partSize: number
  /** Bytes by which each part is smaller than the one before; absent: all but the last have the same. */
  readonly shrinkBy?: number | undefined
  /** Number of parts, at least 1. */
  readonly count: number
}

/** What is known of the way to OSS. */
export interface Line {
  /** Requests there may be at a time. */
  readonly connections: number
  /** With all of them under way. */
  readonly bytesPerSecond?: number | undefined
  /** Other uploads have use for all connections. */
  readonly isCrowded?: boolean | undefined
}

/** How a file is cut when it is not put whole. */
export function planParts(size: number, { partSize }: PartPlanOptions, line: Line): PartPlan {
  if (partSize !== undefined) return cutFile(size, roomyPartSize(size, partSize))
  const wanted = goodPartSize(size, line)
  // Among others a small file has one connection, and each part more costs it two round trips.
  if (line.isCrowded && size <= PART_BYTES) return cutFile(size, Math.min(size, wanted))
  const { connections } = line
  const rounds = Math.ceil(size / wanted / connections)
  return rounds > FEW_ROUNDS
    ? cutFile(size, roomyPartSize(size, wanted))
    : cutToTheEnd(size, rounds, connections)
}

/**
 * @returns the plan; its `count` is infinite where parts shrink to nothing before the file ends.
 */
export function cutFile(size: number, partSize: number, shrinkBy = 0): PartPlan {
  if (shrinkBy === 0) return { size, partSize, count: Math.ceil(size / partSize) }
  const plan = { size, partSize, shrinkBy, count: Number.POSITIVE_INFINITY }
  const most = Math.min(MAX_PARTS, Math.ceil(partSize / shrinkBy))
  for (let count = 1; count <= most; count++) {
    if (startOf(plan, count + 1) >= size) return { ...plan, count }
  }
  return plan
}

const PART_BYTES = 8 * MIB
const LARGE_FILE_PART_BYTES = 16 * MIB
const LEAST_PART_BYTES = MIB
/** So long a part may take on a slow line: what is in flight is lost when it breaks. */
const PART_SECONDS = 5
/** So long a part takes at least where the line is known to be fast: the page's thread works by the part, not by the byte. */
const FAST_PART_SECONDS = 2
/** And so large it is at most, for the line may become slow. */
const FAST_PART_BYTES = 64 * MIB
/** With more rounds, connections that idle in the last one are not seen in the whole. */
const FEW_ROUNDS = 10
/** Parts so small on the average cost more in round trips than a balanced end saves, and the last but one nears OSS's least size. */
const SMALL_PART_BYTES = 512 * KIB
/** In a single round they wait for their round trips side by side. */
const LEAST_ROUND_PART_BYTES = 256 * KIB
/** The last of parts that shrink, against their average. */
const LAST_SHARE = 0.2

/** Each part costs a preflight and a round trip, so parts are large; but not so large that much is lost on a slow line. */
function goodPartSize(size: number, { connections, bytesPerSecond }: Line): number {
  const usual = size < GIB ? PART_BYTES : LARGE_FILE_PART_BYTES
  if (bytesPerSecond === undefined) return usual
  const share = bytesPerSecond / connections
  const slow = Math.max(LEAST_PART_BYTES, Math.floor((share * PART_SECONDS) / MIB) * MIB)
  const fast = Math.min(FAST_PART_BYTES, share * FAST_PART_SECONDS)
  return Math.ceil(Math.max(Math.min(usual, slow), fast))
}

/**
 * So that all connections end together: in an even number of rounds whose parts shrink step by step. A connection that took a
 * large part early takes a small one late; small parts at the end even out what lines do not share fairly; and parts of different
 * sizes do not all wait for their preflights at the same time.
 */
function cutToTheEnd(size: number, rounds: number, connections: number): PartPlan {
  const count = 2 * connections * Math.ceil(rounds / 2)
  const average = size / count
  if (average < SMALL_PART_BYTES) {
    return cutFile(size, Math.max(LEAST_ROUND_PART_BYTES, Math.ceil(size / connections)))
  }
  const shrinkBy = Math.floor((2 * (1 - LAST_SHARE) * average) / (count - 1))
  return cutFile(size, Math.ceil(average + (shrinkBy * (count - 1)) / 2), shrinkBy)
}

/** Where a part stands in the file. @param partNumber - 1 to `count`. */
export function partRange(plan: PartPlan, partNumber: number) {
  return {
    start: startOf(plan, partNumber),
    end: Math.min(startOf(plan, partNumber + 1), plan.size),
  }
}

function startOf({ partSize, shrinkBy = 0 }: PartPlan, partNumber: number): number {
  const before = partNumber - 1
  return before * partSize - (shrinkBy * before * (before - 1)) / 2
}

/** Raises the part size, in whole MiB, where the file would need more than 10,000 parts. */
function roomyPartSize(size: number, wanted: number): number {
  if (Math.ceil(size / wanted) <= MAX_PARTS) return wanted
  return Math.min(Math.ceil(size / MAX_PARTS / MIB) * MIB, MAX_REQUEST_BYTES)
}
