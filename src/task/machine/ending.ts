import { isOssUploadError, type OssUploadErrorCode } from '../../errors.js'
import { type Retry, retryPolicy } from '../../plan/retry-policy.js'
import type { TaskEffect } from '../effects.js'
import type { Job, TaskState } from '../state.js'
import { type WaitReason, waitReason } from '../wait-reason.js'
import { begunOf, type In, type On, STOP, type Step } from './step.js'

export function succeed(_state: TaskState, { result }: On<'completed'>, job: Job): Step {
  return [
    { phase: 'succeeded', result },
    job.isBackground && job.persist ? [{ type: 'saveEnd', result }] : forget(job),
  ]
}

export function retryOrFail(
  state: In<'claiming' | 'preparing' | 'putting' | 'initiating' | 'completing' | 'settling'>,
  fault: On<'attemptFailed'>,
  job: Job,
): Step {
  const decision = retryPolicy(fault, state.attempt.failures)
  if (decision === 'give up') return fail(state, fault.error, job)
  const waitingFor = waitReason(fault.error, decision)
  const attempt = { failures: decision.failures, waitingFor }
  return [{ ...state, attempt }, [waitOrder(decision, waitingFor)]]
}

export function waitOrder({ afterMs, untilOnline }: Retry, waitingFor: WaitReason) {
  return { type: 'wait', afterMs, untilOnline, waitsForLine: waitingFor === 'network' } as const
}

/**
 * Where there is a record, OSS keeps the parts for another try; without one nothing could go on with them, so they are not
 * left behind.
 */
export function fail(state: TaskState, error: unknown, job: Job): Step {
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

export function forget({ line, persist }: Job): TaskEffect[] {
  return line && persist ? [{ type: 'removeCheckpoint' }] : []
}

/** What an earlier visit left goes too, when it is what was to go on; otherwise it is not touched before it was taken up. */
export function cancel(state: TaskState, _event: unknown, job: Job): Step {
  const begun = begunOf(state)
  if (begun) return [{ phase: 'cancelled' }, [STOP, ...abort(begun), ...forget(job)]]
  const isLeft = job.mustResume && LEFT.has(state.phase)
  return [{ phase: 'cancelled' }, isLeft ? [STOP, { type: 'discardCheckpoint' }] : [STOP]]
}

/** Where this tab holds what an earlier visit left. */
const LEFT = new Set<TaskState['phase']>(['idle', 'preparing', 'paused'])

export function abort(upload: { readonly uploadId: string } | undefined): TaskEffect[] {
  return upload ? [{ type: 'abortUpload', uploadId: upload.uploadId }] : []
}
