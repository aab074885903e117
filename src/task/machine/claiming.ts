import type { Job, TaskState } from '../state.js'
import { retryOrStop } from './retry.js'
import { FIRST, type In, type On, STOP, type Step } from './step.js'

export const IDLE: TaskState = { phase: 'idle' }

/** Whose upload it is decides before anything else: two tabs must not both begin it. */
export function firstState({ isShared }: Job): TaskState {
  return isShared
    ? { phase: 'claiming', attempt: FIRST, isPaused: false, isCancelling: false }
    : IDLE
}

export function claim(state: In<'claiming'>): Step {
  const { failures } = state.attempt
  return [{ ...state, attempt: { failures } }, [{ type: 'claim' }]]
}

/** What it takes beside the page's own code could not be loaded. */
export function retryClaim(state: In<'claiming'>, fault: On<'attemptFailed'>): Step {
  return state.isCancelling ? withdraw() : retryOrStop(state, fault)
}

/** What an earlier visit left is to go, unless another tab has it. */
export function cancelClaim(state: In<'claiming'>, _event: unknown, job: Job): Step {
  if (!job.mustResume || state.attempt.waitingFor) return withdraw()
  return [state.isCancelling ? state : { ...state, isCancelling: true }, []]
}

/** It was not begun, or ended where it was held: nothing is to be taken back here, nor to be asked of a holder. */
export function withdraw(): Step {
  return [{ phase: 'cancelled' }, [STOP]]
}
