import { isOssUploadError, type OssUploadErrorCode } from '../../errors.js'
import { type Failures, retryPolicy } from '../../plan/retry-policy.js'
import type { TaskEffect } from '../effects.js'
import {
  acknowledge,
  acknowledgedParts,
  backOff,
  backoffOver,
  beginParts,
  findInFlight,
  interrupt,
  isAllAcknowledged,
  loseParts,
  partsOf,
} from '../parts.js'
import type { Attempt, Begun, Doubt, Job, Origin, TaskState } from '../state.js'
import { waitReason } from '../wait-reason.js'
import { abort, begunOf, cancel, fail, forget, retryOrFail } from './ending.js'
import { put } from './one-request.js'
import { waitOrder } from './retry.js'
import { FIRST, type In, type On, STOP, type Step } from './step.js'

export function begin({ begun }: In<'idle'>, _event: On<'started'>, job: Job): Step {
  if (begun) return goOn(begun, job)
  if (!job.isByParts) return put(FIRST)
  const isToPrepare = job.persist || job.mustResume || job.looksElsewhere
  return isToPrepare ? prepare(FIRST) : initiate(FIRST, 'new')
}

export function prepare({ failures }: Attempt): Step {
  return [{ phase: 'preparing', attempt: { failures } }, [{ type: 'findCheckpoint' }]]
}

export function takeUp(_state: TaskState, { begun }: On<'checkpointFound'>, job: Job): Step {
  return goOn(begun, job)
}

function goOn(begun: Begun, job: Job): Step {
  const { parts, unproven } = begun
  if (isAllAcknowledged(parts)) return complete(begun, FIRST, false)
  const [state, effects] = sendParts(begun, job)
  if (unproven.length === 0) return [state, effects]
  return [state, [...effects, { type: 'proveParts', plan: parts.plan, parts: unproven }]]
}

export function initiate({ failures }: Attempt, origin: Origin): Step {
  return [{ phase: 'initiating', attempt: { failures }, origin }, [{ type: 'initiateUpload' }]]
}

export function beginUploading(
  { origin }: In<'initiating'>,
  event: On<'initiated'>,
  job: Job,
): Step {
  const begun = newUpload(event, origin)
  const [state, effects] = sendParts(begun, job)
  return [state, [...save(begun, job), ...effects]]
}

/** The answer came after a pause: the upload is begun, its parts wait. */
export function keepUpload(state: In<'idle' | 'paused'>, event: On<'initiated'>, job: Job): Step {
  if (state.begun) return [state, abort(event)]
  const begun = newUpload(event, 'new')
  return [{ ...state, begun }, save(begun, job)]
}

function newUpload({ uploadId, plan }: On<'initiated'>, origin: Origin): Begun {
  return { uploadId, origin, parts: partsOf(plan), unproven: [] }
}

/** Before the first part: what has no record is lost with the page. */
function save({ uploadId, parts: { plan } }: Begun, { persist }: Job): TaskEffect[] {
  return persist ? [{ type: 'saveCheckpoint', uploadId, plan }] : []
}

function sendParts({ uploadId, origin, parts, unproven }: Begun, job: Job): Step {
  const { begun, parts: next } = beginParts(parts, job.parallel)
  return [
    { phase: 'uploading', uploadId, origin, parts: next, unproven },
    begun.map((partNumber) => ({ type: 'uploadPart', uploadId, partNumber, plan: parts.plan })),
  ]
}

export function recordPart(state: In<'uploading'>, { part }: On<'partUploaded'>, job: Job): Step {
  // Only a part in flight can be acknowledged: anything else is an echo of an attempt that was stopped.
  if (!findInFlight(state.parts, part.partNumber)) return [state, []]
  const begun = { ...state, parts: acknowledge(state.parts, part) }
  if (isAllAcknowledged(begun.parts)) return complete(begun, FIRST, false)
  const [next, effects] = sendParts(begun, job)
  return [next, job.persist ? [{ type: 'savePart', part }, ...effects] : effects]
}

export function retryPart(state: In<'uploading'>, event: On<'partFailed'>, job: Job): Step {
  const part = findInFlight(state.parts, event.partNumber)
  if (!part) return [state, []]
  if (isForgotten(event.error))
    return settle(state, { refusal: event.error, mayBeDone: false }, FIRST)
  const decision = retryPolicy(event, part.failures)
  if (decision === 'give up') return fail(state, event.error, job)
  const { partNumber } = part
  const { failures } = decision
  const waitingFor = waitReason(event.error, decision)
  const waiting = backOff(state.parts, { partNumber, failures }, waitingFor)
  const [next, effects] = sendParts({ ...state, parts: waiting }, job)
  return [next, [{ ...waitOrder(decision, waitingFor), partNumber }, ...effects]]
}

export function sendPartAgain(
  state: In<'uploading'>,
  { partNumber }: On<'retryDue'>,
  job: Job,
): Step {
  return sendParts({ ...state, parts: backoffOver(state.parts, partNumber ?? 0) }, job)
}

/**
 * OSS forgets an upload that was completed, as well as one that was aborted: by another tab, or by an earlier visit that did not
 * hear the answer. The object itself tells which.
 */
export function settle(
  { uploadId, origin, parts, unproven }: Begun,
  { refusal, mayBeDone }: Doubt,
  { failures }: Attempt,
): Step {
  const attempt = { failures }
  return [
    { phase: 'settling', uploadId, origin, parts, unproven, refusal, mayBeDone, attempt },
    [
      STOP,
      { type: 'settleCompletion', plan: parts.plan, parts: acknowledgedParts(parts), refusal },
    ],
  ]
}

/**
 * It was not completed: what an earlier visit began is begun again, once. Where nobody may look, a Complete that this task sent
 * may have done it, and then nothing is begun behind anyone's back. Nor is a new upload told to be gone: without locks, another
 * tab may have completed it.
 */
export function startAfreshOrFail(
  state: In<'settling'>,
  event: On<'attemptFailed'>,
  job: Job,
): Step {
  const { error } = event
  const isUnknown = isOssUploadError(error) && error.code === 'completion-unknown'
  if (!isUnknown && !isForgotten(error)) return retryOrFail(state, event, job)
  if (isUnknown && state.mayBeDone) return fail(state, error, job)
  if (!isForgotten(state.refusal)) return fail(state, state.refusal, job)
  return state.origin === 'resumed' ? startAfresh(job) : fail(state, error, job)
}

/** OSS no longer knows the upload of an earlier visit: its parts are gone, the file is not. */
function startAfresh(job: Job): Step {
  const [state, effects] = initiate(FIRST, 'afresh')
  return [state, [STOP, ...forget(job), ...effects]]
}

/** What OSS has is of another file. Where the record gives way, it is uploaded from the start. */
export function giveWayOrFail(
  state: In<'uploading' | 'completing'>,
  { error }: On<'attemptFailed'>,
  job: Job,
): Step {
  if (job.mustResume || !isDifferent(error)) return fail(state, error, job)
  const [next, effects] = initiate(FIRST, 'new')
  return [next, [STOP, ...abort(state), ...forget(job), ...effects]]
}

function isDifferent(error: unknown): boolean {
  return isCode(error, 'different-file')
}

function isForgotten(error: unknown): boolean {
  return isCode(error, 'no-such-upload')
}

function isCode(error: unknown, code: OssUploadErrorCode): boolean {
  return isOssUploadError(error) && error.code === code
}

export function complete(begun: Begun, { failures }: Attempt, isCancelling: boolean): Step {
  const { uploadId, origin, parts, unproven } = begun
  const { plan } = parts
  const attempt = { failures }
  return [
    { phase: 'completing', uploadId, origin, parts, unproven, attempt, isCancelling },
    [{ type: 'completeUpload', uploadId, plan, parts: acknowledgedParts(parts), unproven }],
  ]
}

export function retryComplete(state: In<'completing'>, event: On<'attemptFailed'>, job: Job): Step {
  if (state.isCancelling) return cancel(state, undefined, job)
  if (isDifferent(event.error)) return giveWayOrFail(state, event, job)
  // Where nothing may be overwritten, what is in the way may be what this Complete made: nothing was there at Initiate.
  const isInTheWay = isCode(event.error, 'already-exists')
  if (!isForgotten(event.error) && !isInTheWay) return retryOrFail(state, event, job)
  // A browser sends a request once more by itself when its connection breaks, and then nobody hears the first answer.
  const mayBeDone = isForgotten(event.error) || hasFailed(state.attempt.failures)
  return settle(state, { refusal: event.error, mayBeDone }, FIRST)
}

/** Whether an attempt was made that nobody knows the outcome of. */
function hasFailed(failures: Failures): boolean {
  return Object.keys(failures).length > 0
}

/** A Complete on the wire may already have taken effect: its answer decides. What comes before it is taken back. */
export function cancelCompleting(
  state: In<'completing'>,
  event: On<'cancelRequested'>,
  job: Job,
): Step {
  if (state.attempt.waitingFor) return cancel(state, event, job)
  if (state.isCancelling) return [state, []]
  return [{ ...state, isCancelling: true }, [{ type: 'takeBackComplete' }]]
}

/** A record may have gone stale, a part may have arrived damaged: what OSS does not have is sent again, a few times. */
export function sendLostParts(
  state: In<'completing'>,
  { partNumbers, error }: On<'partsLost'>,
  job: Job,
): Step {
  if (state.isCancelling) return cancel(state, undefined, job)
  const isHopeless = partNumbers.length === 0 || state.parts.losses >= MAX_LOSSES
  if (isHopeless) return fail(state, error, job)
  const lost = new Set(partNumbers)
  const unproven = state.unproven.filter(({ partNumber }) => !lost.has(partNumber))
  const parts = loseParts(state.parts, partNumbers)
  return sendParts({ ...state, unproven, parts }, job)
}

const MAX_LOSSES = 2

/** What OSS has acknowledged stays; the rest is sent again after `resume`. */
export function pause(state: TaskState): Step {
  const begun = begunOf(state)
  return [{ phase: 'paused', begun: begun && { ...begun, parts: interrupt(begun.parts) } }, [STOP]]
}
