import { isOssUploadError, type OssUploadErrorCode } from '../../errors.js'
import type { TaskEffect } from '../effects.js'
import type { Begun, Job, TaskState } from '../state.js'
import { retry } from './retry.js'
import { type In, type On, STOP, type Step } from './step.js'

export function succeed(_state: TaskState, { result }: On<'completed'>, job: Job): Step {
  return [
    { phase: 'succeeded', result },
    job.isBackground && job.persist ? [{ type: 'saveEnd', result }] : forget(job),
  ]
}

export function retryOrFail(
  state: In<'preparing' | 'initiating' | 'completing' | 'settling'>,
  fault: On<'attemptFailed'>,
  job: Job,
): Step {
  return retry(state, fault) ?? fail(state, fault.error, job)
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

export function forget({ isByParts, persist }: Job): TaskEffect[] {
  return isByParts && persist ? [{ type: 'removeCheckpoint' }] : []
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

/** The multipart upload OSS knows of, in whichever phase. */
export function begunOf(state: TaskState): Begun | undefined {
  if ('uploadId' in state) {
    const { uploadId, origin, parts, unproven } = state
    return { uploadId, origin, parts, unproven }
  }
  return 'begun' in state ? state.begun : undefined
}
