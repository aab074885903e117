import type { Parts } from './parts.js'
import type { TaskState } from './state.js'

/** Bytes go out. */
export function isMoving(state: TaskState): boolean {
  if (state.phase === 'uploading') return state.parts.inFlight.length > 0
  return state.phase === 'putting' && state.attempt.waitingFor === undefined
}

export function isEnded({ phase }: TaskState): boolean {
  return phase === 'succeeded' || phase === 'failed' || phase === 'cancelled'
}

/** Bytes of the file that OSS has. */
export function acknowledgedBytes(state: TaskState): number {
  if (state.phase === 'mirroring') return state.report?.loaded ?? 0
  return 'parts' in state ? state.parts.acknowledgedBytes : 0
}

const ONE_REQUEST = new Set<TaskState['phase']>([
  'putting',
  'preparing',
  'initiating',
  'completing',
  'settling',
])

/** Connections a task could use now. */
export function demandOf(state: TaskState, parallel: number): number {
  if (state.phase === 'uploading') return Math.min(parallel, unacknowledgedCount(state.parts))
  return ONE_REQUEST.has(state.phase) ? 1 : 0
}

/** Parts that could be in flight if there were room for all of them. */
function unacknowledgedCount(parts: Parts): number {
  const notBegun = parts.todo.length - parts.cursor
  return notBegun + parts.again.length + parts.inFlight.length + parts.backingOff.length
}
