import { MAX_PARALLEL } from '../plan/parallelism.js'
import { MAX_PARTS, MAX_REQUEST_BYTES, MIN_PART_BYTES } from '../plan/part-limits.js'
import { cutFile, type PartPlan, partRange, planParts } from '../plan/part-plan.js'
import type { ListedPart } from '../protocol/multipart-replies.js'

/**
 * How a file of this size would have been cut into these parts. OSS keeps no part size, but all parts except the last have the
 * same, or shrink by the same from one to the next. A part that stands alone may be the last one, so there can be two answers; the
 * bytes decide between them.
 *
 * @returns none when the parts cannot be those of one file of this size.
 */
export function possiblePlans(size: number, listed: readonly ListedPart[]): PartPlan[] {
  const [first, ...others] = [...listed].sort((a, b) => a.partNumber - b.partNumber)
  if (!first) return []
  const before = first.partNumber - 1
  const asLast = others.length === 0 && before > 0 ? [(size - first.size) / before] : []
  const plans = [
    ...[...new Set([first.size, ...asLast])].map((partSize) => cutFile(size, partSize)),
    ...shrinking(size, first, others),
  ]
  return plans.filter((plan) => isSendable(plan) && listed.every((part) => isCutBy(plan, part)))
}

/** Two parts that are not the last tell how all shrink; so does the way a file of this size is cut where no line is known. */
function shrinking(size: number, first: ListedPart, [second]: readonly ListedPart[]): PartPlan[] {
  const usual = planParts(size, {}, { connections: MAX_PARALLEL })
  const plans = usual.shrinkBy ? [usual] : []
  if (!second || second.size >= first.size) return plans
  const shrinkBy = (first.size - second.size) / (second.partNumber - first.partNumber)
  const partSize = first.size + (first.partNumber - 1) * shrinkBy
  if (!Number.isInteger(shrinkBy) || partSize === usual.partSize) return plans
  return [...plans, cutFile(size, partSize, shrinkBy)]
}

function isSendable({ partSize, shrinkBy = 0, count }: PartPlan): boolean {
  // The last one may have any size.
  const smallest = partSize - shrinkBy * Math.max(0, count - 2)
  const isPartSize = Number.isInteger(partSize) && smallest >= (count === 1 ? 1 : MIN_PART_BYTES)
  return isPartSize && partSize <= MAX_REQUEST_BYTES && count <= MAX_PARTS
}

function isCutBy(plan: PartPlan, part: ListedPart): boolean {
  const { start, end } = partRange(plan, part.partNumber)
  return part.partNumber <= plan.count && part.size === end - start
}
