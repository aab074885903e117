import { OssChecksumError, OssServiceError } from '../errors.js'
import { compareWithListed } from './confirm-parts.js'
import { assertSameCrc64, confirmObject, isCrc64Hidden, noteHidden } from './confirm-stored.js'
import type { EffectContext } from './effect-context.js'
import type { TaskEffect } from './effects.js'
import type { TaskEvent } from './events.js'
import { objectCrc64 } from './object-crc64.js'
import { uploadResult } from './send-file.js'

export type Complete = Extract<TaskEffect, { type: 'completeUpload' }>

/**
 * Has OSS join the parts. Where answers do not show the CRC-64 of parts they are compared before that, by the list, because
 * afterwards a damaged part can be sent no more.
 *
 * @param early - Takes it back as long as the Complete is not on the wire.
 * @throws OssUploadError, or the signal's reason.
 */
export async function completeUpload(
  context: EffectContext,
  effect: Complete,
  signal: AbortSignal,
  early: AbortSignal,
): Promise<TaskEvent> {
  const { client, key, options, rank, verify } = context
  const { uploadId, parts } = effect
  const isToCompare = verify !== 'none' && isCrc64Hidden(client)
  const comparison = isToCompare
    ? await compareWithListed(context, uploadId, parts, early)
    : undefined
  if (comparison && comparison.lost.length > 0) {
    return { type: 'partsLost', partNumbers: comparison.lost, error: damaged(key) }
  }
  try {
    const stored = await client.complete(key, uploadId, parts, options, {
      rank,
      signal: early,
      wireSignal: signal,
    })
    const crc64 = verify === 'none' ? undefined : objectCrc64(parts)
    noteHidden(context, { ...stored, etag: '' })
    assertSameCrc64(stored.crc64, crc64, `"${key}"`, false)
    const isVerified = comparison?.isVerified ? true : undefined
    // The parts were right, and an answer without an ETag says of no object that it is there.
    const isKnown = isVerified && stored.etag
    const known = isKnown ? stored : await confirmObject(context, stored, crc64, signal, false)
    return { type: 'completed', result: uploadResult(context, known, crc64, isVerified) }
  } catch (error) {
    if (!(error instanceof OssServiceError) || error.ossCode !== 'InvalidPart') throw error
    return { type: 'partsLost', partNumbers: await lostParts(context, effect, signal), error }
  }
}

/** Without the right to list nobody knows which: all of them are sent again. */
async function lostParts(
  context: EffectContext,
  { uploadId, parts }: Complete,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const comparison = await compareWithListed(context, uploadId, parts, signal)
  return comparison?.lost ?? parts.map(({ partNumber }) => partNumber)
}

function damaged(key: string): OssChecksumError {
  return new OssChecksumError(
    `Parts of "${key}" arrived as other bytes than were read: upload the file again.`,
    { code: 'checksum', retryable: true },
  )
}
