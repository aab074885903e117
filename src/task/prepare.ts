import { isOssUploadError } from '../errors.js'
import type { PartPlan } from '../plan/part-plan.js'
import type { EffectContext } from './effect-context.js'
import { discardCheckpoint, findCheckpoint, sampleFile } from './find-checkpoint.js'
import { findForeign, writeDown } from './find-foreign.js'

/** Finds what an earlier visit left, and proves it. @throws OssUploadError, or the signal's reason. */
export async function prepare(context: EffectContext, signal: AbortSignal): Promise<void> {
  const { dispatch, journal, mustResume, job } = context
  try {
    const begun = job.persist ? await findCheckpoint(context, signal) : undefined
    if (begun) {
      journal.takeUp()
      return dispatch({ type: 'checkpointFound', begun })
    }
  } catch (error) {
    const isOther = isOssUploadError(error) && error.code === 'different-file'
    if (mustResume || !isOther) throw error
    // A new file for the same key: what was begun with the old one is of no use any more.
    await discardCheckpoint(context)
  }
  const begun = await findForeign(context, signal)
  if (!begun) return dispatch({ type: 'nothingToResume' })
  const saved = { uploadId: begun.uploadId, plan: begun.parts.plan }
  if (job.persist) await writeDown(begun, journal, () => checkpointOf(context, saved))
  dispatch({ type: 'checkpointFound', begun })
}

/** A pause does not stop the sampling: what is begun is to be on record. */
export async function checkpointOf(
  { file, name, key, id, options, handle, environment }: EffectContext,
  { uploadId, plan }: { readonly uploadId: string; readonly plan: PartPlan },
) {
  const samples = await sampleFile(file, environment, new AbortController().signal)
  return {
    id,
    key,
    uploadId,
    partSize: plan.partSize,
    fingerprint: { size: plan.size, samples },
    name,
    startedAt: environment.clock.now(),
    options,
    handle,
  }
}
