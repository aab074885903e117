import { isOssUploadError, type OssUploadErrorCode } from '../errors.js'
import type { PartPlan } from '../plan/part-plan.js'
import { retryPolicy } from '../plan/retry-policy.js'
import type { TaskEffect } from './effects.js'
import type { TaskEvent } from './events.js'
import {
  acknowledge,
  acknowledgedParts,
  backOff,
  backoffOver,
  beginParts,
  findInFlight,
  interrupt,
  isAllAcknowledged,
  partsOf,
} from './parts.js'
import type { Attempt, Begun, Job, TaskState } from './state.js'
import { waitReason } from './wait-reason.js'

export type Step = readonly [state: TaskState, effects: readonly TaskEffect[]]

type Phase = TaskState['phase']
type In<P extends Phase> = Extract<TaskState, { phase: P }>
type On<T extends TaskEvent['type']> = Extract<TaskEvent, { type: T }>
type Machine = {
  readonly [P in Phase]: {
    readonly [T in TaskEvent['type']]?: (state: In<P>, event: On<T>, job: Job) => Step
  }
}

const machine: Machine = {
  idle: {
    started: begin,
    initiated: keepUpload,
    pauseRequested: pause,
    cancelRequested: cancel,
  },
  preparing: {
    checkpointFound: takeUp,
    nothingToResume: () => initiate(FIRST),
    attemptFailed: retryOrFail,
    retryDue: (state) => prepare(state.attempt),
    pauseRequested: pause,
    cancelRequested: cancel,
  },
  putting: {
    completed: succeed,
    attemptFailed: retryOrFail,
    retryDue: (state) => put(state.attempt),
    pauseRequested: pause,
    cancelRequested: cancel,
  },
  initiating: {
    initiated: beginUploading,
    attemptFailed: retryOrFail,
    retryDue: (state) => initiate(state.attempt),
    pauseRequested: pause,
    cancelRequested: cancel,
  },
  uploading: {
    partUploaded: recordPart,
    partFailed: retryPart,
    retryDue: sendPartAgain,
    pauseRequested: pause,
    cancelRequested: cancel,
  },
  paused: {
    initiated: keepUpload,
    resumeRequested: ({ begun }) => [{ phase: 'idle', begun }, []],
    cancelRequested: cancel,
  },
  completing: {
    completed: succeed,
    attemptFailed: retryComplete,
    retryDue: (state) => complete(state, state.attempt, state.isCancelling),
    cancelRequested: cancelCompleting,
  },
  succeeded: {},
  failed: {},
  cancelled: {},
}

/**
 * What happened -> what is now true, and what to do about it. An empty cell means: nothing changes. Only a stray `initiated`
 * always has its answer: an Initiate is not taken back on the wire, so that the upload nobody wants can be aborted.
 */
export function transition(job: Job, state: TaskState, event: TaskEvent): Step {
  const cell = machine[state.phase][event.type] as
    | ((state: TaskState, event: TaskEvent, job: Job) => Step)
    | undefined
  if (cell) return cell(state, event, job)
  return [state, event.type === 'initiated' ? abort(event) : []]
}

const FIRST: Attempt = { failures: 0 }
const STOP: TaskEffect = { type: 'stopAll' }

function begin({ begun }: In<'idle'>, _event: On<'started'>, job: Job): Step {
  if (begun) return sendParts(begun, job)
  if (!job.parts) return put(FIRST)
  return job.persist || job.looksElsewhere ? prepare(FIRST) : initiate(FIRST)
}

function prepare({ failures }: Attempt): Step {
  return [{ phase: 'preparing', attempt: { failures } }, [{ type: 'findCheckpoint' }]]
}

function takeUp(_state: TaskState, { begun }: On<'checkpointFound'>, job: Job): Step {
  return isAllAcknowledged(begun.parts) ? complete(begun, FIRST, false) : sendParts(begun, job)
}

function put({ failures }: Attempt): Step {
  return [{ phase: 'putting', attempt: { failures } }, [{ type: 'putObject' }]]
}

function initiate({ failures }: Attempt): Step {
  return [{ phase: 'initiating', attempt: { failures } }, [{ type: 'initiateUpload' }]]
}

function beginUploading(_state: TaskState, event: On<'initiated'>, job: Job): Step {
  const begun = newUpload(event, job)
  const [state, effects] = sendParts(begun, job)
  return [state, [...save(begun, job), ...effects]]
}

/** The answer came after a pause: the upload is begun, its parts wait. */
function keepUpload(state: In<'idle' | 'paused'>, event: On<'initiated'>, job: Job): Step {
  if (state.begun) return [state, abort(event)]
  const begun = newUpload(event, job)
  return [{ ...state, begun }, save(begun, job)]
}

function newUpload({ uploadId }: On<'initiated'>, job: Job): Begun {
  // Only a job with parts is ever initiated.
  return { uploadId, isResumed: false, parts: partsOf(job.parts as PartPlan) }
}

/** Before the first part: what has no record is lost with the page. */
function save({ uploadId, parts: { plan } }: Begun, { persist }: Job): TaskEffect[] {
  return persist ? [{ type: 'saveCheckpoint', uploadId, plan }] : []
}

function sendParts({ uploadId, isResumed, parts }: Begun, job: Job): Step {
  const { begun, parts: next } = beginParts(parts, job.parallel)
  return [
    { phase: 'uploading', uploadId, isResumed, parts: next },
    begun.map((partNumber) => ({ type: 'uploadPart', uploadId, partNumber, plan: parts.plan })),
  ]
}

function recordPart(state: In<'uploading'>, { part }: On<'partUploaded'>, job: Job): Step {
  // Only a part in flight can be acknowledged: anything else is an echo of an attempt that was stopped.
  if (!findInFlight(state.parts, part.partNumber)) return [state, []]
  const begun = { ...state, parts: acknowledge(state.parts, part) }
  if (isAllAcknowledged(begun.parts)) return complete(begun, FIRST, false)
  const [next, effects] = sendParts(begun, job)
  return [next, job.persist ? [{ type: 'savePart', part }, ...effects] : effects]
}

function retryPart(state: In<'uploading'>, event: On<'partFailed'>, job: Job): Step {
  const part = findInFlight(state.parts, event.partNumber)
  if (!part) return [state, []]
  if (state.isResumed && isForgotten(event.error)) return startAfresh(job)
  const failures = part.failures + 1
  const decision = retryPolicy(event.error, failures, event.roll)
  if (decision === 'give up') return fail(state, event.error, job)
  const waiting = backOff(state.parts, { ...part, failures }, waitReason(event.error))
  const [next, effects] = sendParts({ ...state, parts: waiting }, job)
  return [next, [{ type: 'wait', ...decision, partNumber: part.partNumber }, ...effects]]
}

function sendPartAgain(state: In<'uploading'>, { partNumber }: On<'retryDue'>, job: Job): Step {
  return sendParts({ ...state, parts: backoffOver(state.parts, partNumber ?? 0) }, job)
}

/** OSS no longer knows the upload of an earlier visit: its parts are gone, the file is not. */
function startAfresh(job: Job): Step {
  const [state, effects] = initiate(FIRST)
  return [state, [STOP, ...forget(job), ...effects]]
}

function isForgotten(error: unknown): boolean {
  return isOssUploadError(error) && error.code === 'no-such-upload'
}

function complete(begun: Begun, { failures }: Attempt, isCancelling: boolean): Step {
  const { uploadId, isResumed, parts } = begun
  return [
    { phase: 'completing', uploadId, isResumed, parts, attempt: { failures }, isCancelling },
    [
      {
        type: 'completeUpload',
        uploadId,
        parts: acknowledgedParts(parts),
        isRepeat: failures > 0,
      },
    ],
  ]
}

function succeed(_state: TaskState, { result }: On<'completed'>, job: Job): Step {
  return [{ phase: 'succeeded', result }, forget(job)]
}

function retryComplete(state: In<'completing'>, event: On<'attemptFailed'>, job: Job): Step {
  if (state.isCancelling) return cancel(state, undefined, job)
  if (state.isResumed && state.attempt.failures === 0 && isForgotten(event.error)) {
    return startAfresh(job)
  }
  return retryOrFail(state, event, job)
}

function retryOrFail(
  state: In<'preparing' | 'putting' | 'initiating' | 'completing'>,
  { error, roll }: On<'attemptFailed'>,
  job: Job,
): Step {
  const failures = state.attempt.failures + 1
  const decision = retryPolicy(error, failures, roll)
  if (decision === 'give up') return fail(state, error, job)
  const attempt = { failures, waitingFor: waitReason(error) }
  return [{ ...state, attempt }, [{ type: 'wait', ...decision }]]
}

/**
 * Where there is a record, OSS keeps the parts for another try; without one nothing could go on with them, so they are not
 * left behind.
 */
function fail(state: TaskState, error: unknown, job: Job): Step {
  const begun = begunOf(state)
  if (!begun) return [{ phase: 'failed', error }, [STOP]]
  const { uploadId } = begun
  const isUseless = isOssUploadError(error) && USELESS.has(error.code)
  const effects: TaskEffect[] = isUseless
    ? [...abort(begun), ...forget(job)]
    : [{ type: 'abortUnlessKept', uploadId }]
  return [{ phase: 'failed', error }, [STOP, ...effects]]
}

/** After these, the same upload cannot succeed any more. */
const USELESS = new Set<OssUploadErrorCode>([
  'no-such-upload',
  'completion-unknown',
  'checksum',
  'already-exists',
])

function forget({ parts, persist }: Job): TaskEffect[] {
  return parts && persist ? [{ type: 'removeCheckpoint' }] : []
}

/** What OSS has acknowledged stays; the rest is sent again after `resume`. */
function pause(state: TaskState): Step {
  const begun = begunOf(state)
  return [{ phase: 'paused', begun: begun && { ...begun, parts: interrupt(begun.parts) } }, [STOP]]
}

/** What an earlier visit left is not touched before it was taken up. */
function cancel(state: TaskState, _event: unknown, job: Job): Step {
  const begun = begunOf(state)
  return [{ phase: 'cancelled' }, [STOP, ...abort(begun), ...(begun ? forget(job) : [])]]
}

/** A Complete on the wire may already have taken effect: its answer decides. */
function cancelCompleting(state: In<'completing'>, event: On<'cancelRequested'>, job: Job): Step {
  if (state.attempt.waitingFor) return cancel(state, event, job)
  return [{ ...state, isCancelling: true }, []]
}

function abort(upload: { readonly uploadId: string } | undefined): TaskEffect[] {
  return upload ? [{ type: 'abortUpload', uploadId: upload.uploadId }] : []
}

/** The multipart upload OSS knows of, in whichever phase. */
function begunOf(state: TaskState): Begun | undefined {
  if ('uploadId' in state) {
    return { uploadId: state.uploadId, isResumed: state.isResumed, parts: state.parts }
  }
  return 'begun' in state ? state.begun : undefined
}
