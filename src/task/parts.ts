import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import type { PartPlan } from '../plan/part-plan.js'
import { type Failures, NO_FAILURES } from '../plan/retry-policy.js'
import type { WaitReason } from './wait-reason.js'

/** A part, and the attempts on it that have failed. */
export interface PartTry {
  readonly partNumber: number
  readonly failures: Failures
}

/** Newest first. A linked list, so that adding one of 10,000 parts costs the same as adding the first. */
interface AcknowledgedList {
  readonly part: AcknowledgedPart
  readonly before: AcknowledgedList | undefined
}

/** Where every part of an upload stands. */
export interface Parts {
  readonly plan: PartPlan
  /** Part numbers to send; those from `cursor` on are not begun. */
  readonly todo: readonly number[]
  readonly cursor: number
  /** Begun before and to be sent again; they go first. */
  readonly again: readonly PartTry[]
  readonly inFlight: readonly PartTry[]
  readonly backingOff: readonly (PartTry & { readonly waitingFor: WaitReason })[]
  readonly acknowledged: AcknowledgedList | undefined
  readonly acknowledgedBytes: number
  /** How often acknowledged parts turned out to be lost. */
  readonly losses: number
}

/** @param kept - Parts OSS has already; only the others are sent. */
export function partsOf(plan: PartPlan, kept: readonly AcknowledgedPart[] = []): Parts {
  const has = new Set(kept.map(({ partNumber }) => partNumber))
  const numbers = Array.from({ length: plan.count }, (_, index) => index + 1)
  const none: Parts = {
    plan,
    todo: numbers.filter((partNumber) => !has.has(partNumber)),
    cursor: 0,
    again: [],
    inFlight: [],
    backingOff: [],
    acknowledged: undefined,
    acknowledgedBytes: 0,
    losses: 0,
  }
  return kept.reduce(acknowledge, none)
}

/**
 * Puts the next parts in flight, up to `parallel` at a time. One that backs off keeps its place, or else a dead line would
 * draw in part after part.
 */
export function beginParts(parts: Parts, parallel: number) {
  const room = Math.max(0, parallel - parts.inFlight.length - parts.backingOff.length)
  const repeated = parts.again.slice(0, room)
  const fresh = parts.todo
    .slice(parts.cursor, parts.cursor + room - repeated.length)
    .map((partNumber) => ({ partNumber, failures: NO_FAILURES }))
  const begun = [...repeated, ...fresh]
  return {
    begun: begun.map(({ partNumber }) => partNumber),
    parts: {
      ...parts,
      cursor: parts.cursor + fresh.length,
      again: parts.again.slice(repeated.length),
      inFlight: [...parts.inFlight, ...begun],
    },
  }
}

export function findInFlight(parts: Parts, partNumber: number): PartTry | undefined {
  return parts.inFlight.find((part) => part.partNumber === partNumber)
}

export function acknowledge(parts: Parts, part: AcknowledgedPart): Parts {
  return {
    ...parts,
    inFlight: without(parts.inFlight, part.partNumber),
    acknowledged: { part, before: parts.acknowledged },
    acknowledgedBytes: parts.acknowledgedBytes + part.size,
  }
}

/** Acknowledged parts that OSS does not have, or has otherwise: they are sent again. */
export function loseParts(parts: Parts, partNumbers: readonly number[]): Parts {
  const lost = new Set(partNumbers)
  const all = acknowledgedParts(parts)
  const rest: Parts = { ...parts, acknowledged: undefined, acknowledgedBytes: 0 }
  const kept = all.filter(({ partNumber }) => !lost.has(partNumber))
  const again = all
    .filter(({ partNumber }) => lost.has(partNumber))
    .map(({ partNumber }) => ({ partNumber, failures: NO_FAILURES }))
  return {
    ...kept.reduce(acknowledge, rest),
    again: [...parts.again, ...again],
    losses: parts.losses + 1,
  }
}

/** Takes a failed part out of flight until its backoff is over. */
export function backOff(parts: Parts, failed: PartTry, waitingFor: WaitReason): Parts {
  return {
    ...parts,
    inFlight: without(parts.inFlight, failed.partNumber),
    backingOff: [...parts.backingOff, { ...failed, waitingFor }],
  }
}

/** A part's backoff is over: it is sent again as soon as there is room. */
export function backoffOver(parts: Parts, partNumber: number): Parts {
  const due = parts.backingOff.filter((part) => part.partNumber === partNumber)
  return {
    ...parts,
    backingOff: without(parts.backingOff, partNumber),
    again: [...parts.again, ...due.map(({ failures }) => ({ partNumber, failures }))],
  }
}

/** Everything under way is to be sent again later, with all its tries; what OSS acknowledged stays. */
export function interrupt(parts: Parts): Parts {
  const underWay = [...parts.inFlight, ...parts.backingOff, ...parts.again]
  const again = underWay.map(({ partNumber }) => ({ partNumber, failures: NO_FAILURES }))
  return { ...parts, inFlight: [], backingOff: [], again }
}

export function isAllAcknowledged(parts: Parts): boolean {
  return (
    parts.cursor === parts.todo.length &&
    parts.again.length + parts.inFlight.length + parts.backingOff.length === 0
  )
}

/** In ascending order, as OSS wants them completed. */
export function acknowledgedParts(parts: Parts): AcknowledgedPart[] {
  const list: AcknowledgedPart[] = []
  for (let node = parts.acknowledged; node; node = node.before) list.push(node.part)
  return list.sort((a, b) => a.partNumber - b.partNumber)
}

function without<Part extends PartTry>(list: readonly Part[], partNumber: number): Part[] {
  return list.filter((part) => part.partNumber !== partNumber)
}
