import {
  MAX_PARTS,
  MAX_REQUEST_BYTES,
  MIN_PART_BYTES,
  type PartPlan,
  partRange,
} from '../plan/part-plan.js'
import type { ListedPart } from '../protocol/multipart-replies.js'

/**
 * How a file of this size would have been cut into these parts. OSS keeps no part size, but all parts except the last have the
 * same. A part that stands alone may be the last one, so there can be two answers; the bytes decide between them.
 *
 * @returns none when the parts cannot be those of one file of this size.
 */
export function possiblePlans(size: number, listed: readonly ListedPart[]): PartPlan[] {
  const [first, ...others] = [...listed].sort((a, b) => a.partNumber - b.partNumber)
  if (!first) return []
  const before = first.partNumber - 1
  const asLast = others.length === 0 && before > 0 ? [(size - first.size) / before] : []
  return [...new Set([first.size, ...asLast])]
    .map((partSize) => ({ size, partSize, count: Math.ceil(size / partSize) }))
    .filter((plan) => isSendable(plan) && listed.every((part) => isCutBy(plan, part)))
}

function isSendable({ partSize, count }: PartPlan): boolean {
  const least = count === 1 ? 1 : MIN_PART_BYTES
  const isPartSize = Number.isInteger(partSize) && partSize >= least
  return isPartSize && partSize <= MAX_REQUEST_BYTES && count <= MAX_PARTS
}

function isCutBy(plan: PartPlan, part: ListedPart): boolean {
  const { start, end } = partRange(plan, part.partNumber)
  return part.partNumber <= plan.count && part.size === end - start
}
