import { type Retry, retryPolicy } from '../../plan/retry-policy.js'
import { type WaitReason, waitReason } from '../wait-reason.js'
import { type In, type On, STOP, type Step } from './step.js'

/** @returns `undefined` when it is given up. */
export function retry(
  state: In<'claiming' | 'preparing' | 'putting' | 'initiating' | 'completing' | 'settling'>,
  fault: On<'attemptFailed'>,
): Step | undefined {
  const decision = retryPolicy(fault, state.attempt.failures)
  if (decision === 'give up') return undefined
  const waitingFor = waitReason(fault.error, decision)
  const attempt = { failures: decision.failures, waitingFor }
  return [{ ...state, attempt }, [waitOrder(decision, waitingFor)]]
}

/** Of what is not begun on OSS nothing is left there. */
export function retryOrStop(state: In<'claiming' | 'putting'>, fault: On<'attemptFailed'>): Step {
  return retry(state, fault) ?? [{ phase: 'failed', error: fault.error }, [STOP]]
}

export function waitOrder({ afterMs, untilOnline }: Retry, waitingFor: WaitReason) {
  return { type: 'wait', afterMs, untilOnline, waitsForLine: waitingFor === 'network' } as const
}
