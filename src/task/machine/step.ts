import { NO_FAILURES } from '../../plan/retry-policy.js'
import type { TaskEffect } from '../effects.js'
import type { TaskEvent } from '../events.js'
import type { Attempt, TaskState } from '../state.js'

/** What is true next, and what to do about it. */
export type Step = readonly [state: TaskState, effects: readonly TaskEffect[]]

export type Phase = TaskState['phase']
export type In<P extends Phase> = Extract<TaskState, { phase: P }>
export type On<T extends TaskEvent['type']> = Extract<TaskEvent, { type: T }>

export const FIRST: Attempt = { failures: NO_FAILURES }
export const STOP: TaskEffect = { type: 'stopAll' }
