import { errorOfReport } from '../report.js'
import type { Job, TaskState } from '../state.js'
import { abort, cancel, retryOrFail } from './ending.js'
import { FIRST, type In, type On, STOP, type Step } from './step.js'

/** How long a holder that does not answer is asked to cancel. */
const CANCEL_WITHIN_MS = 5000

const IDLE: TaskState = { phase: 'idle' }

/** Whose upload it is decides before anything else: two tabs must not both begin it. */
export function firstState({ isShared }: Job): TaskState {
  return isShared
    ? { phase: 'claiming', attempt: FIRST, isPaused: false, isCancelling: false }
    : IDLE
}

export function beHolder(
  { isPaused, isCancelling }: In<'claiming'>,
  { needs }: On<'lockGranted'>,
): Step {
  if (isCancelling) return dropFileless()
  if (needs) return [{ phase: 'fileless', needs }, []]
  return [isPaused ? { phase: 'paused' } : IDLE, []]
}

export function claim(state: In<'claiming'>): Step {
  const { failures } = state.attempt
  return [{ ...state, attempt: { failures } }, [{ type: 'claim' }]]
}

/** What it takes beside the page's own code could not be loaded. */
export function retryClaim(state: In<'claiming'>, fault: On<'attemptFailed'>, job: Job): Step {
  return state.isCancelling ? [{ phase: 'cancelled' }, [STOP]] : retryOrFail(state, fault, job)
}

/** What an earlier visit left is to go, unless another tab has it. */
export function cancelClaim(state: In<'claiming'>, event: unknown, job: Job): Step {
  if (!job.mustResume || state.attempt.waitingFor) return cancel(state, event, job)
  return [state.isCancelling ? state : { ...state, isCancelling: true }, []]
}

export function beMirror(state: TaskState): Step {
  if (state.phase === 'claiming' && state.isCancelling) return [{ phase: 'cancelled' }, [STOP]]
  return [{ phase: 'mirroring', isCancelling: false }, [{ type: 'joinLine' }]]
}

/** The holder is gone: its upload goes on here, as it was. */
export function takeOver(
  { report, isCancelling }: In<'mirroring'>,
  { needs }: On<'lockGranted'>,
  { persist }: Job,
): Step {
  if (isCancelling) return [{ phase: 'cancelled' }, [STOP, { type: 'discardCheckpoint' }]]
  if (needs) return [{ phase: 'fileless', needs }, []]
  // Without a record nobody could go on with its parts.
  const leftBehind = report?.uploadId && !persist ? abort({ uploadId: report.uploadId }) : []
  return [report?.status === 'paused' ? { phase: 'paused' } : IDLE, leftBehind]
}

export function show(state: In<'mirroring'>, { report, isFinal }: On<'reported'>): Step {
  if (!isFinal) return [{ ...state, report }, []]
  const { result, error } = report
  if (result) return [{ phase: 'succeeded', result }, [STOP]]
  if (error) return [{ phase: 'failed', error: errorOfReport(error) }, [STOP]]
  return [{ phase: 'cancelled' }, [STOP]]
}

export function refuse(_state: TaskState, { error }: On<'foundDifferent'>): Step {
  return [{ phase: 'failed', error }, [STOP]]
}

export function askToCancel(state: In<'mirroring'>): Step {
  if (state.isCancelling) return [state, []]
  return [
    { ...state, isCancelling: true },
    [
      { type: 'tellHolder', command: 'cancel' },
      { type: 'wait', afterMs: CANCEL_WITHIN_MS },
    ],
  ]
}

/** The holder does not answer: this tab at least wants it no more. */
export function leaveLine(state: In<'mirroring'>, event: unknown, job: Job): Step {
  return state.isCancelling ? cancel(state, event, job) : [state, []]
}

/** It ended where it was held: nothing is to be done about it here, nor to be asked of the holder. */
export function withdraw(): Step {
  return [{ phase: 'cancelled' }, [STOP]]
}

export function dropFileless(): Step {
  return [{ phase: 'cancelled' }, [STOP, { type: 'discardCheckpoint' }]]
}
