import { errorOfReport } from '../report.js'
import type { Job, TaskState } from '../state.js'
import { IDLE } from './claiming.js'
import { abort, cancel } from './ending.js'
import { type In, type On, STOP, type Step } from './step.js'

/** How long a holder that does not answer is asked to cancel. */
const CANCEL_WITHIN_MS = 5000

export function beHolder(
  { isPaused, isCancelling }: In<'claiming'>,
  { needs }: On<'lockGranted'>,
): Step {
  if (isCancelling) return dropFileless()
  if (needs) return [{ phase: 'fileless', needs }, []]
  return [isPaused ? { phase: 'paused' } : IDLE, []]
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

export function dropFileless(): Step {
  return [{ phase: 'cancelled' }, [STOP, { type: 'discardCheckpoint' }]]
}
