import { isOssUploadError, type OssUploadErrorCode } from '../errors.js'
import { orAborted } from '../or-aborted.js'
import type { PartPlan } from '../plan/part-plan.js'
import type { EffectContext } from './effect-context.js'
import { discardCheckpoint, type Found, findCheckpoint } from './find-checkpoint.js'
import { findForeign, writeDown } from './find-foreign.js'
import { type Doubtful, settleCompletion } from './settle-completion.js'
import type { UploadResult } from './upload-result.js'

/**
 * Finds what an earlier visit left, and proves it.
 *
 * @returns when that was initiated, where there is a record of it.
 * @throws OssUploadError, or the signal's reason.
 */
export async function prepare(
  context: EffectContext,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { dispatch, journal, job } = context
  const found = job.persist || job.mustResume ? await findOurs(context, signal) : undefined
  const isForgotten = found !== undefined && 'refusal' in found
  if (isForgotten) {
    const result = await completedBefore(context, found, signal)
    if (result) {
      dispatch({ type: 'completed', result })
      return undefined
    }
    await journal.remove()
  } else if (found) {
    journal.takeUp()
    dispatch({ type: 'checkpointFound', begun: found.begun })
    return found.startedAt
  }
  const begun = await findForeign(context, signal)
  if (begun) {
    const saved = { uploadId: begun.uploadId, plan: begun.parts.plan }
    const read = () => orAborted(checkpointOf(context, saved), signal)
    if (job.persist) await writeDown(begun, journal, read)
    dispatch({ type: 'checkpointFound', begun })
  } else dispatch({ type: 'nothingToResume', isForgotten })
  return undefined
}

async function findOurs(
  context: EffectContext,
  signal: AbortSignal,
): Promise<Found | Doubtful | undefined> {
  try {
    return await findCheckpoint(context, signal)
  } catch (error) {
    const isOther = isOssUploadError(error) && error.code === 'different-file'
    if (context.job.mustResume || !isOther) throw error
    // A new file for the same key: what was begun with the old one is of no use any more.
    await discardCheckpoint(context).catch(() => {})
    return undefined
  }
}

/** The visit before may have ended after its Complete took effect. Where nobody may look, it is uploaded again. */
async function completedBefore(
  context: EffectContext,
  doubtful: Doubtful,
  signal: AbortSignal,
): Promise<UploadResult | undefined> {
  try {
    return await settleCompletion(context, doubtful, signal)
  } catch (error) {
    const isUnsettled = isOssUploadError(error) && UNSETTLED.has(error.code)
    if (!isUnsettled) throw error
    return undefined
  }
}

const UNSETTLED = new Set<OssUploadErrorCode>(['no-such-upload', 'completion-unknown'])

export async function checkpointOf(
  { client, samples, name, key, id, options, handle }: EffectContext,
  { uploadId, plan }: { readonly uploadId: string; readonly plan: PartPlan },
  startedAt = client.now(),
) {
  return {
    id,
    key,
    uploadId,
    partSize: plan.partSize,
    ...(plan.shrinkBy === undefined ? {} : { shrinkBy: plan.shrinkBy }),
    fingerprint: { size: plan.size, samples: await samples() },
    name,
    // OSS dates the object, and the device's clock may be hours off.
    startedAt,
    options,
    handle,
  }
}
