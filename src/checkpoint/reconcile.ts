import { type PartPlan, partRange } from '../plan/part-plan.js'
import type { ListedPart } from '../protocol/multipart-replies.js'

/** A part OSS has, as the object is completed from it. */
export interface AcknowledgedPart {
  readonly partNumber: number
  readonly etag: string
  /** Bytes. */
  readonly size: number
  /** Decimal, computed from the file; absent when nothing is verified. */
  readonly crc64: string | undefined
}

/** What a store gave back as parts: those that can be one, each once, as it was last written. */
export function readParts(stored: readonly unknown[]): AcknowledgedPart[] {
  return [...new Map(stored.filter(isPart).map((part) => [part.partNumber, part])).values()]
}

function isPart(value: unknown): value is AcknowledgedPart {
  if (typeof value !== 'object' || value === null) return false
  const { partNumber, size, etag, crc64 } = value as AcknowledgedPart
  const isCompared = crc64 === undefined || /^\d{1,20}$/.test(crc64)
  return isCount(partNumber) && isCount(size) && typeof etag === 'string' && isCompared
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0
}

export interface Reconciled {
  /** On record and on OSS alike. */
  readonly kept: readonly AcknowledgedPart[]
  /** OSS has them as the record has not heard of: they count once the file's bytes are found to be theirs. */
  readonly toProve: readonly ListedPart[]
}

/**
 * OSS is the truth, the record a hint: a part counts when OSS lists it with the size of the plan, and the record agrees on ETag
 * and CRC-64, or else its bytes do. Everything else is sent again.
 */
export function reconcile(
  plan: PartPlan,
  listed: readonly ListedPart[],
  recorded: readonly AcknowledgedPart[],
): Reconciled {
  const known = new Map(recorded.map((part) => [part.partNumber, part]))
  const kept: AcknowledgedPart[] = []
  const toProve: ListedPart[] = []
  for (const part of listed) {
    if (part.partNumber > plan.count || part.size !== sizeOf(plan, part.partNumber)) continue
    const record = known.get(part.partNumber)
    if (record && agree(record, part)) kept.push(record)
    else toProve.push(part)
  }
  return { kept, toProve }
}

function agree(record: AcknowledgedPart, part: ListedPart): boolean {
  const isSameCrc = !record.crc64 || !part.crc64 || record.crc64 === part.crc64
  return record.etag === part.etag && isSameCrc
}

function sizeOf(plan: PartPlan, partNumber: number): number {
  const { start, end } = partRange(plan, partNumber)
  return end - start
}
