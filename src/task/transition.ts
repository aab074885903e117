import { retryPolicy } from '../plan/retry-policy.js'
import type { TaskEffect } from './effects.js'
import type { TaskEvent } from './events.js'
import {
  acknowledge,
  acknowledgedParts,
  allParts,
  backOff,
  backoffOver,
  beginParts,
  findInFlight,
  interrupt,
  isAllAcknowledged,
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
  return job.parts ? initiate(FIRST) : put(FIRST)
}

function put({ failures }: Attempt): Step {
  return [{ phase: 'putting', attempt: { failures } }, [{ type: 'putObject' }]]
}

function initiate({ failures }: Attempt): Step {
  return [{ phase: 'initiating', attempt: { failures } }, [{ type: 'initiateUpload' }]]
}

function beginUploading(_state: TaskState, event: On<'initiated'>, job: Job): Step {
  return sendParts(newUpload(event, job), job)
}

/** The answer came after a pause: the upload is begun, its parts wait. */
function keepUpload(state: In<'idle' | 'paused'>, event: On<'initiated'>, job: Job): Step {
  if (state.begun) return [state, abort(event)]
  return [{ ...state, begun: newUpload(event, job) }, []]
}

function newUpload({ uploadId }: On<'initiated'>, job: Job): Begun {
  return { uploadId, parts: allParts(job.parts?.count ?? 0) }
}

function sendParts({ uploadId, parts }: Begun, job: Job): Step {
  const { begun, parts: next } = beginParts(parts, job.parallel)
  return [
    { phase: 'uploading', uploadId, parts: next },
    begun.map((partNumber) => ({ type: 'uploadPart', uploadId, partNumber })),
  ]
}

function recordPart(state: In<'uploading'>, { part }: On<'partUploaded'>, job: Job): Step {
  // Only a part in flight can be acknowledged: anything else is an echo of an attempt that was stopped.
  if (!findInFlight(state.parts, part.partNumber)) return [state, []]
  const begun = { uploadId: state.uploadId, parts: acknowledge(state.parts, part) }
  return isAllAcknowledged(begun.parts) ? complete(begun, FIRST, false) : sendParts(begun, job)
}

function retryPart(state: In<'uploading'>, event: On<'partFailed'>, job: Job): Step {
  const { uploadId, parts } = state
  const part = findInFlight(parts, event.partNumber)
  if (!part) return [state, []]
  const failures = part.failures + 1
  const decision = retryPolicy(event.error, failures, event.roll)
  if (decision === 'give up') return fail(state, event.error)
  const waiting = backOff(parts, { ...part, failures }, waitReason(event.error))
  const [next, effects] = sendParts({ uploadId, parts: waiting }, job)
  return [next, [{ type: 'wait', ...decision, partNumber: part.partNumber }, ...effects]]
}

function sendPartAgain(state: In<'uploading'>, { partNumber }: On<'retryDue'>, job: Job): Step {
  return sendParts({ ...state, parts: backoffOver(state.parts, partNumber ?? 0) }, job)
}

function complete({ uploadId, parts }: Begun, { failures }: Attempt, isCancelling: boolean): Step {
  return [
    { phase: 'completing', uploadId, parts, attempt: { failures }, isCancelling },
    [{ type: 'completeUpload', uploadId, parts: acknowledgedParts(parts) }],
  ]
}

function succeed(_state: TaskState, { result }: On<'completed'>): Step {
  return [{ phase: 'succeeded', result }, []]
}

function retryComplete(state: In<'completing'>, event: On<'attemptFailed'>): Step {
  return state.isCancelling ? cancel(state) : retryOrFail(state, event)
}

function retryOrFail(
  state: In<'putting' | 'initiating' | 'completing'>,
  { error, roll }: On<'attemptFailed'>,
): Step {
  const failures = state.attempt.failures + 1
  const decision = retryPolicy(error, failures, roll)
  if (decision === 'give up') return fail(state, error)
  const attempt = { failures, waitingFor: waitReason(error) }
  return [{ ...state, attempt }, [{ type: 'wait', ...decision }]]
}

/** Nothing can go on with the parts of a failed upload, so they are not left behind on OSS. */
function fail(state: TaskState, error: unknown): Step {
  return [{ phase: 'failed', error }, [STOP, ...abort(begunOf(state))]]
}

/** What OSS has acknowledged stays; the rest is sent again after `resume`. */
function pause(state: TaskState): Step {
  const begun = begunOf(state)
  return [{ phase: 'paused', begun: begun && { ...begun, parts: interrupt(begun.parts) } }, [STOP]]
}

function cancel(state: TaskState): Step {
  return [{ phase: 'cancelled' }, [STOP, ...abort(begunOf(state))]]
}

/** A Complete on the wire may already have taken effect: its answer decides. */
function cancelCompleting(state: In<'completing'>): Step {
  if (state.attempt.waitingFor) return cancel(state)
  return [{ ...state, isCancelling: true }, []]
}

function abort(upload: { readonly uploadId: string } | undefined): TaskEffect[] {
  return upload ? [{ type: 'abortUpload', uploadId: upload.uploadId }] : []
}

/** The multipart upload OSS knows of, in whichever phase. */
function begunOf(state: TaskState): Begun | undefined {
  if ('uploadId' in state) return { uploadId: state.uploadId, parts: state.parts }
  return 'begun' in state ? state.begun : undefined
}
