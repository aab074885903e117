import { type Checkpoint, readCheckpoint } from '../checkpoint/checkpoint.js'
import { readEnded } from '../checkpoint/ended.js'
import { sampleWindows } from '../checkpoint/fingerprint.js'
import { type AcknowledgedPart, readParts, reconcile } from '../checkpoint/reconcile.js'
import type { Environment } from '../environment.js'
import { isOssUploadError, OssFileError, OssTimeoutError } from '../errors.js'
import { orAborted } from '../or-aborted.js'
import { cutFile, type PartPlan, partRange } from '../plan/part-plan.js'
import type { ListedPart } from '../protocol/multipart-replies.js'
import { abortUpload } from './abort-upload.js'
import type { EffectContext } from './effect-context.js'
import { exactSlice, noteRead, WAKE_WITHIN_MS } from './file-reading.js'
import { differenceOf, identity } from './identity.js'
import { partsOf } from './parts.js'
import type { Doubtful } from './settle-completion.js'
import type { Begun } from './state.js'

/** Uploaded parts whose bytes are compared with the file's before anything is sent. */
const PROVEN_PARTS = 2

export interface Found {
  readonly begun: Begun
  /** When it was initiated, in milliseconds since the epoch. */
  readonly startedAt: number
}

/**
 * What an earlier visit left of this upload, proven: the record is whole, the file is the same, OSS still has the parts.
 *
 * @returns `undefined` when there is nothing to go on with; a doubt, when OSS has forgotten it.
 * @throws OssFileError (`different-file`), or what OSS answered.
 */
export async function findCheckpoint(
  context: EffectContext,
  signal: AbortSignal,
): Promise<Found | Doubtful | undefined> {
  const { client, key, rank, id } = context
  const { checkpoint, recorded } = await loadCheckpoint(context)
  if (checkpoint?.id !== id || checkpoint.key !== key) return undefined
  await assertSameFile(context, checkpoint, signal)

  const plan = planOf(checkpoint)
  const { uploadId, startedAt } = checkpoint
  try {
    const listed = await listedOr(recorded, client.listParts(key, uploadId, { rank, signal }))
    const { kept, toProve } = reconcile(plan, listed, recorded)
    await assertPartsAreThisFiles(context, plan, kept, signal)
    const proven = await provenParts(context, plan, toProve, signal)
    // Each is compared before the object is made, while others are sent: dates can be set, and chance can miss.
    const unproven = context.verify === 'none' ? [] : kept
    const parts = partsOf(plan, [...kept, ...proven])
    return { begun: { uploadId, origin: 'resumed', parts, unproven }, startedAt }
  } catch (refusal) {
    if (!isOssUploadError(refusal) || refusal.code !== 'no-such-upload') throw refusal
    return { plan, parts: [], refusal, startedAt }
  }
}

/** The record, or where it went meanwhile the one that the user saw and wants to go on with. */
async function loadCheckpoint({ environment: { checkpoints }, id, saved }: EffectContext) {
  const stored = await checkpoints.load(id).catch((): 'unreadable' => 'unreadable')
  // What cannot be read for a moment is not written over.
  if (stored === 'unreadable') return { checkpoint: saved, recorded: [] }
  const checkpoint = stored && readCheckpoint(stored.record)
  if (checkpoint) return { checkpoint, recorded: readParts(stored.parts) }
  if (stored && !readEnded(stored.record)) warnOfDamage(id)
  if (saved) await checkpoints.save(id, saved).catch(() => {})
  return { checkpoint: saved, recorded: [] }
}

/** Nobody trusts it, and nobody knows what it was of. */
export function warnOfDamage(id: string): void {
  console.warn(`oss-direct-upload: the record of ${id} is damaged and was dropped.`)
}

/** Where the token may not list parts the record is all there is to go by; Complete checks its ETags. */
function listedOr(
  recorded: readonly AcknowledgedPart[],
  listing: Promise<readonly ListedPart[]>,
): Promise<readonly ListedPart[]> {
  return listing.catch((error) => {
    if (isOssUploadError(error) && error.code === 'access-denied') return recorded
    throw error
  })
}

/**
 * Drops a record and, as far as the token allows, what OSS has of its upload.
 *
 * @param expected - The record that is meant: another upload that has taken its place stays.
 * @throws when OSS or the store could not be reached; then the record stays too, for another time.
 */
export async function discardCheckpoint(
  context: Pick<EffectContext, 'environment' | 'client' | 'id' | 'rank'>,
  expected?: Checkpoint,
): Promise<void> {
  const { checkpoints } = context.environment
  const stored = await checkpoints.load(context.id)
  const found = stored && readCheckpoint(stored.record)
  const meant = expected ?? found
  if (meant) await abortUpload(context, meant.key, meant.uploadId)
  if (!expected || found?.uploadId === expected.uploadId) await checkpoints.remove(context.id)
}

/**
 * CRC-64 of a few windows of the file.
 *
 * @throws OssFileError, or OssTimeoutError where its disk does not answer: that tells nothing of the file.
 */
export async function sampleFile(
  file: Blob,
  { hasher, clock }: Pick<Environment, 'hasher' | 'clock'>,
): Promise<string[]> {
  const late = new AbortController()
  const cancelTimer = clock.after(WAKE_WITHIN_MS, () => late.abort(asleep()))
  const sampling = Promise.all(
    sampleWindows(file.size).map(async ({ start, end }) =>
      String(await hasher.crc64(file.slice(start, end), late.signal)),
    ),
  )
  try {
    const samples = await orAborted(sampling, late.signal)
    noteRead(file)
    return samples
  } finally {
    cancelTimer()
    // Where one could not be read, nobody waits for the others.
    late.abort()
  }
}

function asleep(): OssTimeoutError {
  return new OssTimeoutError(
    `Nothing of the file was read within ${WAKE_WITHIN_MS / 1000} s; check the drive it is on.`,
    { code: 'timeout', retryable: true },
  )
}

async function assertSameFile(
  context: EffectContext,
  { fingerprint, options: fixed }: Checkpoint,
  signal: AbortSignal,
): Promise<void> {
  const samples = await orAborted(context.samples(), signal)
  // OSS fixed most of what the object shall be like at Initiate: wanted otherwise, it is another upload.
  const begun = identity(fingerprint.size, fingerprint.samples, fixed)
  const mine = identity(context.file.size, samples, context.options)
  const difference = differenceOf(mine, begun)
  if (difference) throw differentFile(difference)
}

/** MD5 of a few parts, chosen by chance, against what OSS said of them. */
async function assertPartsAreThisFiles(
  context: EffectContext,
  plan: PartPlan,
  kept: readonly AcknowledgedPart[],
  signal: AbortSignal,
): Promise<void> {
  const { random } = context.environment
  const candidates = [...kept]
  for (let count = 0; count < PROVEN_PARTS && candidates.length > 0; count++) {
    const [part] = candidates.splice(Math.floor(random() * candidates.length), 1)
    if (part && !(await isMadeOf(context, plan, part, signal)))
      throw differentFile('has other bytes')
  }
}

/** Parts no record has heard of count when they are made of this file's bytes. */
export async function provenParts(
  context: EffectContext,
  plan: PartPlan,
  toProve: readonly ListedPart[],
  signal: AbortSignal,
): Promise<AcknowledgedPart[]> {
  const proven: AcknowledgedPart[] = []
  for (const part of toProve) {
    const { start, end } = partRange(plan, part.partNumber)
    const slice = exactSlice(context.file, start, end)
    const crc64 = String(await context.environment.hasher.crc64(slice, signal))
    const isSame = part.crc64 ? part.crc64 === crc64 : await isMadeOf(context, plan, part, signal)
    if (isSame)
      proven.push({ partNumber: part.partNumber, etag: part.etag, size: part.size, crc64 })
  }
  return proven
}

/** The ETag of a part is its MD5, except under KMS encryption: then the CRC-64 must do. */
export async function isMadeOf(
  { environment: { hasher }, file }: EffectContext,
  plan: PartPlan,
  part: { readonly partNumber: number; readonly etag: string; readonly crc64: string | undefined },
  signal: AbortSignal,
): Promise<boolean> {
  const { start, end } = partRange(plan, part.partNumber)
  const slice = exactSlice(file, start, end)
  const md5 = /^"?([\dA-F]{32})"?$/i.exec(part.etag)?.[1]
  try {
    if (md5) return (await hasher.md5(slice, signal)) === base64OfHex(md5)
  } catch (error) {
    // No worker for MD5, for good or for now: CRC-64 is computed without, and must do where there is one to compare.
    const isWithoutWorker =
      isOssUploadError(error) && (error.code === 'protocol' || error.code === 'network')
    if (!isWithoutWorker || part.crc64 === undefined) throw error
  }
  return part.crc64 === String(await hasher.crc64(slice, signal))
}

function planOf({ fingerprint: { size }, partSize, shrinkBy }: Checkpoint): PartPlan {
  return cutFile(size, partSize, shrinkBy)
}

/** @param difference - Bytes by which the file is longer than it was. */
export function differentSize(difference: number): OssFileError {
  return differentFile(difference < 0 ? 'is shorter' : 'is longer')
}

export function differentFile(how: string): OssFileError {
  return new OssFileError(
    `This is not the file the upload began with: it ${how}. Choose the same file, or discard the unfinished upload.`,
    { code: 'different-file', retryable: false },
  )
}

function base64OfHex(hex: string): string {
  const bytes = hex.match(/../g) ?? []
  return btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16))))
}
