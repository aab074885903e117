import type { TaskEffect } from '../effects.js'
import type { TaskEvent } from '../events.js'
import type { Attempt, Job, TaskState } from '../state.js'
import { cancelClaim, claim, retryClaim, withdraw } from './claiming.js'
import { retryOrStop } from './retry.js'
import { FIRST, type In, type On, type Phase, STOP, type Step } from './step.js'

export type Machine = {
  readonly [P in Phase]: {
    readonly [T in TaskEvent['type']]?: (state: In<P>, event: On<T>, job: Job) => Step
  }
}

/** What can happen to a file that goes by one request, and before it is known who holds an upload. */
export const oneRequest = {
  claiming: {
    attemptFailed: retryClaim,
    retryDue: claim,
    withdrawn: withdraw,
    pauseRequested: (state) => [state.isPaused ? state : { ...state, isPaused: true }, []],
    resumeRequested: (state) => [state.isPaused ? { ...state, isPaused: false } : state, []],
    cancelRequested: cancelClaim,
  },
  idle: {
    started: () => put(FIRST),
    pauseRequested: pause,
    cancelRequested: withdraw,
  },
  putting: {
    completed: (_state, { result }) => [{ phase: 'succeeded', result }, []],
    attemptFailed: retryOrStop,
    retryDue: (state) => put(state.attempt),
    pauseRequested: pause,
    cancelRequested: withdraw,
  },
  paused: {
    resumeRequested: () => [{ phase: 'idle' }, []],
    cancelRequested: withdraw,
  },
  succeeded: {},
  failed: {},
  cancelled: {},
} satisfies Partial<Machine>

export function put({ failures }: Attempt): Step {
  return [{ phase: 'putting', attempt: { failures } }, [{ type: 'putObject' }]]
}

function pause(): Step {
  return [{ phase: 'paused' }, [STOP]]
}

export type Transition = (job: Job, state: TaskState, event: TaskEvent) => Step

/**
 * What happened -> what is now true, and what to do about it. An empty cell means: nothing changes.
 *
 * @param ofStray - What is done all the same.
 */
export function transitionBy(
  machine: Partial<Machine>,
  ofStray: (event: TaskEvent) => readonly TaskEffect[] = () => [],
): Transition {
  return (job, state, event) => {
    const cell = machine[state.phase]?.[event.type] as
      | ((state: TaskState, event: TaskEvent, job: Job) => Step)
      | undefined
    if (cell) return cell(state, event, job)
    return [state, ofStray(event)]
  }
}
