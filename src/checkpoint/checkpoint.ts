import { MAX_PARTS } from '../plan/part-limits.js'
import { cutFile } from '../plan/part-plan.js'
import { checkObjectOptions } from '../protocol/check-object-options.js'
import { updateCrc64 } from '../protocol/crc64.js'
import { assertSendableKey } from '../protocol/encoding.js'
import type { ObjectOptions } from '../protocol/object-options.js'
import type { Fingerprint } from './fingerprint.js'

/** What survives a reload of a multipart upload; its acknowledged parts are kept beside it. Never a credential. */
export interface Checkpoint {
  readonly version: 1
  /** Where the object goes, in full: one upload each. */
  readonly id: string
  readonly key: string
  readonly uploadId: string
  /** Bytes of the first part: pinned, because OSS keeps parts by number. */
  readonly partSize: number
  /** Bytes by which each part is smaller than the one before. */
  readonly shrinkBy?: number | undefined
  readonly fingerprint: Fingerprint
  /** The file's name, where it had one. */
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** What the object shall be like: needed again to complete it. */
  readonly options: ObjectOptions
  /** The user's file handle, where the application gave one; the only field that is not plain data. */
  readonly handle?: unknown
  /** Over everything but the handle: a damaged record is not trusted. */
  readonly checksum: string
}

export function sealCheckpoint(content: Omit<Checkpoint, 'version' | 'checksum'>): Checkpoint {
  const record = { version: 1 as const, ...content }
  return { ...record, checksum: checksumOf(record) }
}

/** @returns `undefined` for a record that is damaged, foreign, or of another version. */
export function readCheckpoint(record: unknown): Checkpoint | undefined {
  if (typeof record !== 'object' || record === null) return undefined
  const { checksum, ...content } = record as Checkpoint
  try {
    if (content.version !== 1 || checksum !== checksumOf(content)) return undefined
    return isUsable(content) ? { ...content, checksum } : undefined
  } catch {
    return undefined
  }
}

/** A checksum tells damage, not who wrote it: any script of the origin could. @throws for a key or options that cannot be sent. */
function isUsable(content: Omit<Checkpoint, 'checksum'>): boolean {
  const { id, key, uploadId, partSize, shrinkBy = 0, fingerprint, name, startedAt } = content
  assertSendableKey(key)
  checkObjectOptions(content.options)
  const { size, samples } = fingerprint
  const isShrinking = shrinkBy === 0 || isCount(shrinkBy)
  const isCuttable =
    isCount(size) &&
    isCount(partSize) &&
    isShrinking &&
    cutFile(size, partSize, shrinkBy).count <= MAX_PARTS
  const isSampled = Array.isArray(samples) && samples.every(isText)
  const isNamed = isText(id) && isText(uploadId) && uploadId !== '' && isText(name)
  return isCuttable && isSampled && isNamed && Number.isFinite(startedAt)
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

/** Canonical by construction: the names in fixed order, whatever order a store gives them back in. */
function checksumOf(content: Omit<Checkpoint, 'checksum'>): string {
  const { version, id, key, uploadId, partSize, shrinkBy, fingerprint } = content
  const { name, startedAt, options } = content
  const text = JSON.stringify([
    version,
    id,
    key,
    uploadId,
    partSize,
    fingerprint,
    name,
    startedAt,
    options,
    ...(shrinkBy === undefined ? [] : [shrinkBy]),
  ])
  return String(updateCrc64(0n, new TextEncoder().encode(text)))
}
