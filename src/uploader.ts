import { readAliOssCheckpoint } from './checkpoint/ali-oss-checkpoint.js'
import { createOssClient, type OssClient } from './client/oss-client.js'
import { adaptivePace, fixedPace, type Pace } from './client/pace.js'
import type { BasicEnvironment } from './environment.js'
import type { Multipart } from './multipart.js'
import { checkPartPlanOptions, goesByParts } from './plan/part-limits.js'
import type { Line } from './plan/part-plan.js'
import { bucketAddress, requestUrl } from './protocol/address.js'
import { checkObjectOptions } from './protocol/check-object-options.js'
import { assertSendableKey } from './protocol/encoding.js'
import { createUploadQueue } from './queue/upload-queue.js'
import type { SavedUpload, SavedUploads, Start } from './saved-uploads.js'
import type { SharedUpload, SharedUploadContext } from './task/shared-upload.js'
import { createUploadTask, type UploadTask } from './task/upload-task.js'
import { withType } from './task/with-type.js'
import {
  assertBlob,
  assertObject,
  assertSignal,
  settingsOf,
  type UploaderOptions,
  type UploadOptions,
} from './uploader-options.js'

/** Uploads files to one bucket. */
export interface Uploader {
  /**
   * Uploads a file, at once or when those before it leave a connection idle. Where this page or another one is at the same
   * upload already, the task shows and steers that one; a different file is refused with `different-file`.
   *
   * @throws TypeError or RangeError for a key, an option or a file that OSS would refuse.
   */
  readonly upload: (file: Blob, options: UploadOptions) => UploadTask
  /** Uploads that have not ended, oldest first. */
  readonly tasks: readonly UploadTask[]
  /**
   * Unfinished uploads of earlier visits and of other tabs, for this bucket, oldest first; not those of `tasks`.
   *
   * @param filter - `prefix`: only of keys that begin with it. Several users of one browser share its records.
   * @throws OssNetworkError or OssTimeoutError when the library's second file could not be loaded, OssStorageError when the browser's
   * database fails; all of them are retryable. Where the page may keep nothing, there is nothing.
   */
  readonly resumable: (filter?: { readonly prefix?: string }) => Promise<SavedUpload[]>
  /** Drops unfinished uploads that have expired. @returns how many there were. @throws as `resumable` does. */
  readonly cleanup: () => Promise<number>
}

export type EngineOptions = Omit<UploaderOptions, 'credentials' | 'createWorker' | 'background'>

/** What all uploaders of a page share. */
export interface Page {
  /** By origin: those that leave the number of connections to us share a host's. */
  readonly paces: Map<string, Pace>
  /** Of the uploads asked for so far: the order in which they get connections. */
  uploads: number
}

export function createPage(): Page {
  return { paces: new Map(), uploads: 0 }
}

/**
 * Has what uploads by parts take, or loads it.
 *
 * @param what - It is for: an upload that will soon ask for credentials, or what is on record.
 * @throws OssNetworkError or OssTimeoutError where it cannot be loaded now.
 */
export type LoadMultipart = (
  environment: BasicEnvironment,
  client: OssClient,
  what: 'upload' | 'records',
) => Promise<Multipart>

/** The uploader, and the way in for those who go on with an upload. */
export function createEngine(
  environment: BasicEnvironment,
  options: EngineOptions,
  load: LoadMultipart,
  page = createPage(),
) {
  assertObject('createUploader(options): options', options)
  checkPartPlanOptions(options)
  const address = bucketAddress(options)
  const settings = settingsOf(options)
  const { parallel, verify, persist, keepCopyUpTo, discover } = settings
  const pace = paceOf(parallel)
  const client = createOssClient(environment, address, pace)
  const queue = createUploadQueue(pace.most)
  const { background, isBackground } = environment
  const place = `${address.endpoint}/${address.bucket}/`
  let loading: Promise<Multipart> | undefined
  let savedUploads: SavedUploads | undefined

  function multipart(what: 'upload' | 'records'): Promise<Multipart> {
    loading ??= load(environment, client, what).catch((error) => {
      // The next one tries again.
      loading = undefined
      throw error
    })
    return loading
  }

  async function share(context: SharedUploadContext): Promise<SharedUpload> {
    return (await multipart('upload')).share(context)
  }

  function paceOf(wanted: number | 'auto'): Pace {
    if (wanted !== 'auto') return fixedPace(wanted)
    const { origin } = new URL(requestUrl(address, undefined, []))
    const known = page.paces.get(origin) ?? adaptivePace(environment, origin)
    page.paces.set(origin, known)
    return known
  }

  function knownLine(): Line {
    const connections = pace.connections()
    // This one is among them.
    const isCrowded = queue.count() > connections
    return { bytesPerSecond: pace.bytesPerSecond(), connections, isCrowded }
  }

  function start({ file, size, name, options: given, mustResume, ...saved }: Start): UploadTask {
    const { key, signal, handle, aliOssCheckpoint, ...objectOptions } = given
    const isByParts = goesByParts(size, options) || mustResume || aliOssCheckpoint !== undefined
    const rank = page.uploads++
    const queued = createUploadTask({
      ...saved,
      taskId: `upload-${rank + 1}`,
      id: place + key,
      key,
      file,
      name,
      handle,
      aliOssCheckpoint,
      discover,
      partSize: options.partSize,
      knownLine,
      environment,
      client,
      share,
      bucket: address.bucket,
      options: objectOptions,
      verify,
      rank,
      signal,
      job: {
        size,
        isByParts,
        // Content-MD5 is known before a part is sent: the next one's is computed while it waits for a connection.
        parallel: pace.most + (verify === 'crc64+md5' ? 1 : 0),
        persist,
        keepCopyUpTo,
        looksElsewhere: Boolean(aliOssCheckpoint || discover),
        isBackground,
        mustResume,
        isShared: isByParts || background !== undefined || isBackground,
      },
      enlist:
        background &&
        ((known) =>
          background.enlist({
            file: known,
            name,
            options: { ...objectOptions, key, handle },
            mustResume,
          })),
      onChange: () => queue.taskChanged(queued),
    })
    if (signal?.aborted) void queued.task.cancel()
    else queue.add(queued)
    return queued.task
  }

  function upload(file: Blob, given: UploadOptions): UploadTask {
    assertBlob(file)
    assertObject('upload(file, options): options', given)
    const { key, signal, handle, aliOssCheckpoint, ...objectOptions } = given
    assertSendableKey(key)
    assertSignal(signal)
    checkObjectOptions(withType(objectOptions, file))
    return start({
      file,
      size: file.size,
      name: 'name' in file ? String(file.name) : '',
      options: {
        ...given,
        ...(aliOssCheckpoint === undefined
          ? {}
          : { aliOssCheckpoint: readAliOssCheckpoint(aliOssCheckpoint) }),
      },
      mustResume: false,
    })
  }

  async function saved(): Promise<SavedUploads> {
    savedUploads ??= (await multipart('records')).saved({
      place,
      expireAfterMs: settings.expireAfterMs,
      underWay: () => new Set(queue.tasks().map(({ task }) => place + task.key)),
      start,
    })
    return savedUploads
  }

  const uploader: Uploader = {
    cleanup: async () => (await saved()).cleanup(),
    resumable: async (filter) => (await saved()).resumable(filter),
    upload,
    get tasks() {
      return queue.tasks().map(({ task }) => task)
    },
  }
  return { uploader, start }
}
