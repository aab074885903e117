import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import { partRange } from '../plan/part-plan.js'
import { listedPart } from './confirm-parts.js'
import { assertSameCrc64, noteHidden } from './confirm-stored.js'
import type { EffectContext } from './effect-context.js'
import type { TaskEffect } from './effects.js'
import { exactSlice } from './file-reading.js'
import { sendVerified } from './send-file.js'

/** @throws OssUploadError, or the signal's reason. */
export async function uploadPart(
  context: EffectContext,
  { uploadId, partNumber, plan }: Extract<TaskEffect, { type: 'uploadPart' }>,
  signal: AbortSignal,
): Promise<AcknowledgedPart> {
  const { client, environment, file, key, options, verify } = context
  const { start, end } = partRange(plan, partNumber)
  const slice = exactSlice(file, start, end)
  const address = { key, uploadId, partNumber }
  const { stored, crc64 } = await sendVerified(context, slice, partNumber, signal, async (call) => {
    const md5 =
      verify === 'crc64+md5' ? await environment.hasher.md5(slice, call.signal) : undefined
    return client.uploadPart(address, slice, options, md5, call)
  })
  noteHidden(context, stored)
  const { etag } = stored
  const known =
    etag === undefined
      ? await listedPart(context, address, slice.size, signal)
      : { etag, crc64: stored.crc64 }
  assertSameCrc64(stored.crc64 ?? known.crc64, crc64, `Part ${partNumber} of "${key}"`, true)
  return {
    partNumber,
    etag: known.etag,
    size: slice.size,
    crc64: crc64?.toString(),
  }
}
