import { type AliOssCheckpoint, readAliOssCheckpoint } from './checkpoint/ali-oss-checkpoint.js'
import type { Checkpoint } from './checkpoint/checkpoint.js'
import { createOssClient } from './client/oss-client.js'
import type { CredentialsReason, CredentialsSource, Environment } from './environment.js'
import { checkPartPlanOptions, planParts, planUpload } from './plan/part-plan.js'
import { browserEnvironment } from './platform/browser-environment.js'
import { type Addressing, bucketAddress } from './protocol/address.js'
import { checkObjectOptions } from './protocol/check-object-options.js'
import { assertSendableKey } from './protocol/encoding.js'
import type { ObjectOptions } from './protocol/object-options.js'
import { createUploadQueue } from './queue/upload-queue.js'
import { type ReadableFileHandle, type SavedUpload, savedUpload } from './saved-uploads.js'
import { discoverOf } from './task/discover-uploads.js'
import type { Discover, Verify } from './task/effect-context.js'
import { discardCheckpoint } from './task/find-checkpoint.js'
import { lockName } from './task/journal.js'
import { createUploadTask, type UploadTask } from './task/upload-task.js'

/** Temporary credentials, as STS's AssumeRole hands them out. They are held in memory only. */
export interface Credentials {
  /** Begins with `STS.`. */
  readonly accessKeyId: string
  /** Signs requests; never sent. */
  readonly accessKeySecret: string
  /** Sent with every request. Long-term keys, which have none, are refused. */
  readonly securityToken: string
  /** ISO 8601, a Date, or seconds or milliseconds since 1970. */
  readonly expiration: string | number | Date
  /** Where given, a key that does not begin with it is refused before any request. */
  readonly prefix?: string
}

/** Asks the app server for credentials. */
export type CredentialsFunction = (request: {
  /** There are none yet, they end soon, or OSS refused them. */
  readonly reason: CredentialsReason
  readonly signal: AbortSignal
}) => Promise<Credentials>

/** Where uploads go, on whose credentials, and how. */
export interface UploaderOptions {
  /** Region ID such as `cn-hangzhou`; a leading `oss-` is dropped. */
  readonly region: string
  /** 3 to 63 characters out of a-z, 0-9 and `-`. */
  readonly bucket: string
  /**
   * A URL that answers `POST` with STS credentials as JSON, or a function that gets them. Asked once for all uploads, again
   * before they end, and when OSS refuses them.
   */
  readonly credentials: string | CredentialsFunction
  /** URL without the bucket: a custom domain, an accelerated or a local endpoint. @defaultValue the region's public endpoint, by https */
  readonly endpoint?: string
  /** `cname`: `endpoint` is bound to the bucket. OSS itself refuses `path`. @defaultValue `'virtual-hosted'` */
  readonly addressing?: Addressing
  /** Requests in flight over all files: 1 to 6, or `'auto'`. A browser opens 6 connections to a host. @defaultValue `'auto'` */
  readonly parallel?: number | 'auto'
  /**
   * Bytes per part: 102,400 to 5 GiB. Raised when the file would need more than 10,000 parts.
   *
   * @defaultValue 8 MiB, 16 MiB from 1 GiB up
   * @see OSS API reference, "UploadPart", limits.
   */
  readonly partSize?: number
  /** Bytes; a file up to this size goes by one PutObject. 0 to 5 GiB. @defaultValue one part */
  readonly multipartThreshold?: number
  /**
   * `'crc64'` compares the CRC-64 of what was read with OSS's, for each part and the object; `'crc64+md5'` also sends
   * `Content-MD5`, so that OSS refuses a damaged part, at the cost of hashing it first.
   *
   * @defaultValue `'crc64'`
   */
  readonly verify?: Verify
  /**
   * Keeps a record of unfinished multipart uploads in IndexedDB, so that they go on after a reload. It never holds a credential.
   *
   * @defaultValue `true`
   */
  readonly persist?: boolean
  /** Milliseconds after which an unfinished upload is dropped, and aborted where the credentials allow. @defaultValue 7 days */
  readonly expireAfterMs?: number
  /** Goes on with uploads begun on another device, or before the browser was cleared. @defaultValue `false` */
  readonly discover?: Discover
  /** Starts the hash worker, where a bundler cannot find its file. */
  readonly createWorker?: () => Worker
}

/** Where one file goes, and what its object shall be like. */
export interface UploadOptions extends ObjectOptions {
  /** Where the object goes: 1 to 1,023 bytes of UTF-8, no leading `/`, no `.` or `..` segment. */
  readonly key: string
  /** The user's file handle (from `showOpenFilePicker` or a drop): with it, an unfinished upload goes on after a reload without a second choice. */
  readonly handle?: ReadableFileHandle
  /**
   * What ali-oss handed to `progress`: its upload goes on, unless we have a record of our own by now, with the parts that are
   * found to be this file's. Another key or size is a `different-file`. Metadata and the like stay as ali-oss was given them.
   */
  readonly aliOssCheckpoint?: AliOssCheckpoint
  /** Cancels the upload; `done` then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** Uploads files to one bucket. */
export interface Uploader {
  /**
   * Uploads a file, at once or when those before it leave a connection idle.
   *
   * @throws TypeError or RangeError for a key, an option or a file that OSS would refuse.
   */
  readonly upload: (file: Blob, options: UploadOptions) => UploadTask
  /** Uploads that have not ended, oldest first. */
  readonly tasks: readonly UploadTask[]
  /** Unfinished uploads of earlier visits, for this bucket, that no tab is at. */
  readonly resumable: () => Promise<SavedUpload[]>
  /** Drops unfinished uploads that have expired. @returns how many there were. */
  readonly cleanup: () => Promise<number>
}

/** Requests in flight unless `parallel` says otherwise: all but one of the connections a browser opens to a host. */
const DEFAULT_PARALLEL = 5
const MAX_PARALLEL = 6

/**
 * Makes an uploader for one bucket.
 *
 * @throws TypeError or RangeError naming a wrong option and its cure.
 */
export function createUploader(options: UploaderOptions): Uploader {
  checkCredentials(options?.credentials)
  const credentials = options.credentials as string | CredentialsSource
  return createUploaderIn(
    browserEnvironment({ credentials, createWorker: options.createWorker }),
    options,
  )
}

/** The same in any environment: what tests run without a browser. */
export function createUploaderIn(
  environment: Environment,
  options: Omit<UploaderOptions, 'credentials' | 'createWorker'>,
): Uploader {
  assertObject('createUploader(options): options', options)
  checkPartPlanOptions(options)
  const address = bucketAddress(options)
  const parallel = parallelOf(options.parallel)
  const verify = verifyOf(options.verify)
  const persist = options.persist ?? true
  const discover = discoverOf(options.discover)
  const client = createOssClient(environment, address, parallel)
  const queue = createUploadQueue(parallel)
  const { checkpoints, clock, locks } = environment
  const expireAfterMs = expireAfterMsOf(options.expireAfterMs)
  const place = `${address.endpoint}/${address.bucket}/`
  let uploads = 0

  function start(file: Blob, uploadOptions: UploadOptions, mustResume: boolean): UploadTask {
    assertBlob(file)
    assertObject('upload(file, options): options', uploadOptions)
    const { key, signal, handle, aliOssCheckpoint: checkpoint, ...given } = uploadOptions
    assertSendableKey(key)
    assertSignal(signal)
    const contentType = given.contentType ?? (file.type.trim() || undefined)
    const objectOptions = { ...given, ...(contentType ? { contentType } : {}) }
    checkObjectOptions(objectOptions)
    const aliOssCheckpoint =
      checkpoint === undefined ? checkpoint : readAliOssCheckpoint(checkpoint)
    const plan = planUpload(file.size, options)
    const isByParts = mustResume || aliOssCheckpoint || plan.kind === 'parts'
    const rank = uploads++
    const queued = createUploadTask({
      taskId: `upload-${rank + 1}`,
      id: place + key,
      key,
      file,
      handle,
      mustResume,
      aliOssCheckpoint,
      discover,
      environment,
      client,
      bucket: address.bucket,
      options: objectOptions,
      verify,
      rank,
      signal,
      job: {
        size: file.size,
        parallel,
        persist,
        looksElsewhere: Boolean(aliOssCheckpoint || discover),
        ...(isByParts ? { parts: planParts(file.size, options) } : {}),
      },
      onChange: () => queue.taskChanged(queued),
    })
    if (signal?.aborted) void queued.task.cancel()
    else queue.add(queued)
    return queued.task
  }

  /** Whether a task, of this tab or another, is at the upload. */
  async function isAtWork(id: string): Promise<boolean> {
    if (queue.tasks().some(({ task }) => place + task.key === id)) return true
    const letGo = await locks.tryHold(lockName(id)).catch(() => () => {})
    letGo?.()
    return letGo === undefined
  }

  /** Records of this bucket that nobody is at. Those that cannot be trusted are dropped. */
  async function savedUploads() {
    const stored = await checkpoints.list().catch(() => [])
    const ours = stored.filter(({ id }) => id.startsWith(place))
    const busy = await Promise.all(ours.map(({ id }) => isAtWork(id)))
    const idle = ours.filter((_entry, index) => !busy[index])
    const read = idle.map((entry) => ({
      id: entry.id,
      saved: savedUpload(entry, {
        resume: ({ key, options: saved, handle }, file) =>
          start(file, { ...saved, key, handle: handle as ReadableFileHandle }, true),
        discard: ({ id }) =>
          discardCheckpoint({ environment, client, id, rank: Number.POSITIVE_INFINITY }),
      }),
    }))
    for (const { id, saved } of read) {
      if (saved) continue
      console.warn(`oss-direct-upload: the record of ${id} is damaged and was dropped.`)
      await checkpoints.remove(id).catch(() => {})
    }
    return read.flatMap(({ saved }) => saved ?? [])
  }

  function isExpired({ checkpoint }: { readonly checkpoint: Checkpoint }): boolean {
    return clock.now() - checkpoint.startedAt > expireAfterMs
  }

  async function cleanup(): Promise<number> {
    const expired = (await savedUploads()).filter(isExpired)
    await Promise.all(expired.map(({ upload }) => upload.discard()))
    return expired.length
  }

  return {
    cleanup,
    async resumable() {
      await cleanup()
      return (await savedUploads()).map(({ upload }) => upload)
    },
    upload: (file, uploadOptions) => start(file, uploadOptions, false),
    get tasks() {
      return queue.tasks().map(({ task }) => task)
    },
  }
}

function checkCredentials(credentials: unknown): void {
  const isUrl = typeof credentials === 'string' && credentials !== ''
  if (isUrl || typeof credentials === 'function') return
  throw new TypeError(
    "credentials must be the URL of your app server's credentials route, or a function that gets them; never put keys into a page.",
  )
}

function parallelOf(parallel: unknown): number {
  if (parallel === undefined || parallel === 'auto') return DEFAULT_PARALLEL
  if (typeof parallel === 'number' && Number.isInteger(parallel)) {
    if (parallel >= 1 && parallel <= MAX_PARALLEL) return parallel
  }
  throw new RangeError(
    `parallel must be 1 to ${MAX_PARALLEL} or "auto": a browser opens ${MAX_PARALLEL} connections to a host, more would only wait.`,
  )
}

function assertObject(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${name} must be an object.`)
}

function assertSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return
  throw new TypeError('signal must be an AbortSignal, such as that of a new AbortController().')
}

function expireAfterMsOf(expireAfterMs: unknown = 7 * 24 * 3_600_000): number {
  if (typeof expireAfterMs === 'number' && expireAfterMs > 0) return expireAfterMs
  throw new RangeError('expireAfterMs must be a positive number of milliseconds.')
}

function verifyOf(verify: unknown): Verify {
  if (verify === undefined) return 'crc64'
  if (verify === 'crc64' || verify === 'crc64+md5' || verify === 'none') return verify
  throw new TypeError('verify must be "crc64", "crc64+md5" or "none".')
}

function assertBlob(file: unknown): asserts file is Blob {
  // By its tag: a file of another frame is no instance of this one's Blob.
  if (!/^\[object (Blob|File)]$/.test(Object.prototype.toString.call(file))) {
    throw new TypeError(
      'upload(file, options): file must be a File or Blob, such as one of input.files.',
    )
  }
}
