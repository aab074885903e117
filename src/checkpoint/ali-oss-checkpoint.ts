import { MAX_PARTS, MAX_REQUEST_BYTES, MIN_PART_BYTES } from '../plan/part-limits.js'
import { isUploadId } from '../protocol/encoding.js'

/** What ali-oss hands to `progress(fraction, checkpoint)`, and takes back as `checkpoint` when it resumes. */
export interface AliOssCheckpoint {
  /** The file, where the page still has it; it is not looked at. */
  readonly file?: unknown
  /** The object's key. */
  readonly name: string
  /** Bytes of the file. */
  readonly fileSize: number
  /** Bytes of every part but the last. */
  readonly partSize: number
  /** OSS's name for the upload. */
  readonly uploadId: string
  /** Parts that OSS acknowledged, in the order of their answers. */
  readonly doneParts: readonly {
    /** From 1. */
    readonly number: number
    /** With or without its quotes. */
    readonly etag: string
  }[]
}

/**
 * Takes a copy, because ali-oss goes on writing into its own: each part once, ETags as OSS sends them, the key as it is sent.
 *
 * @throws TypeError naming what is not as ali-oss writes it.
 */
export function readAliOssCheckpoint(value: unknown): AliOssCheckpoint {
  const given = (typeof value === 'object' && value !== null ? value : {}) as AliOssCheckpoint
  const { name, fileSize, partSize, uploadId, doneParts } = given
  if (!isText(name)) throw wrong('name', 'the object’s key')
  if (!isText(uploadId) || !isUploadId(uploadId))
    throw wrong('uploadId', 'the ID OSS gave the upload')
  if (!isWithin(fileSize, 1, Number.MAX_SAFE_INTEGER)) throw wrong('fileSize', 'the file’s bytes')
  const isCuttable = fileSize <= partSize || isWithin(partSize, MIN_PART_BYTES, MAX_REQUEST_BYTES)
  if (!isWithin(partSize, 1, MAX_REQUEST_BYTES) || !isCuttable || fileSize / partSize > MAX_PARTS) {
    throw wrong('partSize', 'the bytes of a part, within OSS’s limits')
  }
  if (!Array.isArray(doneParts) || !doneParts.every(isDonePart)) {
    throw wrong('doneParts', 'an array of { number, etag }')
  }
  const etags = new Map(doneParts.map(({ number, etag }) => [number, `"${bare(etag)}"`]))
  return {
    // ali-oss drops leading slashes when it sends a key, but not from its checkpoint.
    name: name.replace(/^\/+/, ''),
    fileSize,
    partSize,
    uploadId,
    doneParts: [...etags].map(([number, etag]) => ({ number, etag })),
  }
}

function isDonePart(part: unknown): boolean {
  const { number, etag } = (part ?? {}) as { number?: unknown; etag?: unknown }
  return isWithin(number, 1, MAX_PARTS) && isText(etag) && bare(etag) !== ''
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
}

function bare(etag: string): string {
  return etag.replace(/^"|"$/g, '')
}

function wrong(field: string, what: string): TypeError {
  return new TypeError(
    `aliOssCheckpoint.${field} must be ${what}: pass the checkpoint as ali-oss handed it to progress(fraction, checkpoint), or leave it out.`,
  )
}
