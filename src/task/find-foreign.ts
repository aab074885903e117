import type { AliOssCheckpoint } from '../checkpoint/ali-oss-checkpoint.js'
import { possiblePlans } from '../checkpoint/possible-plans.js'
import { reconcile } from '../checkpoint/reconcile.js'
import { isOssUploadError, OssFileError } from '../errors.js'
import { cutFile, type PartPlan, partRange } from '../plan/part-plan.js'
import type { ListedPart } from '../protocol/multipart-replies.js'
import { discoverUploads, warnOnce } from './discover-uploads.js'
import type { EffectContext } from './effect-context.js'
import { differentSize, provenParts } from './find-checkpoint.js'
import type { Journal } from './journal.js'
import { acknowledgedParts, partsOf } from './parts.js'
import type { Begun } from './state.js'

/** An unfinished upload of this key that this browser has no record of. */
interface Candidate {
  readonly uploadId: string
  /** What somebody wrote down: how the file was cut, and parts to go by when OSS may not be asked. */
  readonly noted?: { readonly plan: PartPlan; readonly parts: readonly ListedPart[] }
}

/**
 * An upload of this file that was begun elsewhere: by ali-oss, on another device, or before the browser was cleared. Each part
 * OSS has is compared with the file. An upload that has nothing of the file is somebody else's, and left alone.
 *
 * @returns `undefined` when there is nothing to go on with.
 * @throws OssFileError (`different-file`) when ali-oss's checkpoint is of another key or size; or what OSS answered.
 */
export async function findForeign(
  context: EffectContext,
  signal: AbortSignal,
): Promise<Begun | undefined> {
  const { aliOssCheckpoint, discover } = context
  if (aliOssCheckpoint) {
    const begun = await takeUp(context, fromAliOss(context, aliOssCheckpoint), signal)
    if (begun) return begun
  }
  if (!discover) return undefined
  for (const uploadId of await discoverUploads(context, discover, signal)) {
    const begun = await takeUp(context, { uploadId }, signal)
    if (begun) return begun
  }
  return undefined
}

/** From here on our own record is what counts. */
export async function writeDown(
  { parts }: Begun,
  journal: Journal,
  read: Parameters<Journal['begin']>[0],
): Promise<void> {
  await journal.begin(read)
  for (const part of acknowledgedParts(parts)) journal.add(part)
  journal.flush()
}

function fromAliOss(
  { key, file }: EffectContext,
  { name, fileSize, partSize, uploadId, doneParts }: AliOssCheckpoint,
): Candidate {
  if (name !== key) {
    throw new OssFileError(
      `aliOssCheckpoint is of the upload to "${name}", not to "${key}": give each upload its own.`,
      { code: 'different-file', retryable: false },
    )
  }
  if (file.size !== fileSize) throw differentSize(file.size - fileSize)
  const plan = cutFile(fileSize, partSize)
  const parts = doneParts.map(({ number, etag }) => {
    const { start, end } = partRange(plan, number)
    return { partNumber: number, etag, size: end - start, crc64: undefined }
  })
  return { uploadId, noted: { plan, parts } }
}

async function takeUp(
  context: EffectContext,
  { uploadId, noted }: Candidate,
  signal: AbortSignal,
): Promise<Begun | undefined> {
  const listed = await listedParts(context, uploadId, noted?.parts, signal)
  if (!listed) return undefined
  for (const plan of noted ? [noted.plan] : possiblePlans(context.file.size, listed)) {
    const { toProve } = reconcile(plan, listed, [])
    const proven = await provenParts(context, plan, toProve, signal)
    // Nothing is there yet of an upload that we were told is this file's: that speaks against nothing.
    if (proven.length > 0 || listed.length === 0) {
      return { uploadId, origin: 'resumed', parts: partsOf(plan, proven), unproven: [] }
    }
  }
  return undefined
}

/** @returns `undefined` when OSS knows no such upload, or nothing can be known of it. */
async function listedParts(
  { client, key, rank }: EffectContext,
  uploadId: string,
  noted: readonly ListedPart[] | undefined,
  signal: AbortSignal,
): Promise<readonly ListedPart[] | undefined> {
  try {
    return await client.listParts(key, uploadId, { rank, signal })
  } catch (error) {
    if (!isOssUploadError(error) || error.retryable) throw error
    if (error.code === 'no-such-upload') return undefined
    // By MD5 against the ETags written down, which Complete checks again.
    if (noted && error.code === 'access-denied') return noted
    warnOnce(client, `an unfinished upload was passed over. ${error.message}`)
    return undefined
  }
}
