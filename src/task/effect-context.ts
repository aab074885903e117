import type { AliOssCheckpoint } from '../checkpoint/ali-oss-checkpoint.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import type { MultipartClient } from '../client/multipart-client.js'
import type { OssClient } from '../client/oss-client.js'
import type { BasicEnvironment, Environment } from '../environment.js'
import type { ObjectOptions } from '../protocol/object-options.js'
import type { TaskEvent } from './events.js'
import type { Journal } from './journal.js'
import type { Job } from './state.js'

/** `crc64`: what OSS stored is compared with what was read; `+md5`: OSS also checks each part before it takes it. */
export type Verify = 'crc64' | 'crc64+md5' | 'none'

/**
 * Answers with the unfinished uploads of a key, best first: upload IDs, or objects that have one, such as ali-oss's
 * `listUploads` and OSS's own answer give.
 */
export type DiscoverFunction = (request: {
  /** Where the object goes. */
  readonly key: string
  /** Ends when the upload is stopped, or the answer takes over 30 seconds. */
  readonly signal: AbortSignal
}) => Promise<readonly (string | DiscoveredUpload)[]>

/** An unfinished upload as a list has it; what else it says is not looked at. */
export interface DiscoveredUpload {
  /** OSS's name for the upload. */
  readonly uploadId: string
}

/**
 * Whether to look for unfinished multipart uploads of the same key that this browser has no record of. `true` needs
 * `oss:ListMultipartUploads` on the bucket, which may show every user's keys: better give a function that asks your app server.
 * The first of the newest ten that holds bytes of the file goes on: each part OSS has is read from the file and compared, and sent
 * again where it differs. Nothing tells whether the other device is still at it: then the one that completes last fails. What the
 * object shall be like (metadata, storage class, ...) was fixed by whoever began.
 */
export type Discover = boolean | DiscoverFunction

/** What sending a file takes. */
export interface SendContext {
  readonly environment: Pick<
    BasicEnvironment,
    'clock' | 'random' | 'connection' | 'hasher' | 'readAnything'
  >
  readonly client: OssClient
  readonly bucket: string
  /** Where it is known by now. */
  readonly file: Blob
  readonly key: string
  readonly options: ObjectOptions
  readonly verify: Verify
  readonly job: Job
  /** When this task began, by the device's clock. */
  readonly startedAt: number
  /** Lower goes first when connections are short. */
  readonly rank: number
  readonly dispatch: (event: TaskEvent) => void
  /** Bytes of a request's body sent so far; 0 when it ended without success. */
  readonly onProgress: (partNumber: number, sentBytes: number) => void
}

/** What an upload by parts takes besides. */
export interface EffectContext extends SendContext {
  readonly environment: SendContext['environment'] &
    Pick<Environment, 'hasher' | 'checkpoints' | 'locks' | 'seesEdits'>
  readonly client: MultipartClient
  /** Where the object goes, in full: the name of its record. */
  readonly id: string
  readonly journal: Journal
  /** The record of an earlier visit that is to go on, as it was when it was listed. */
  readonly saved?: Checkpoint | undefined
  /** CRC-64 of a few windows of the file; computed once. */
  readonly samples: () => Promise<readonly string[]>
  /** The user's file handle, to be kept with the record. */
  readonly handle: unknown
  /** What ali-oss kept of this upload: looked at when we have no record of our own. */
  readonly aliOssCheckpoint?: AliOssCheckpoint | undefined
  /** Whether, and how, to look for uploads begun elsewhere. */
  readonly discover?: Discover | undefined
  /** The file's name; empty for a Blob. */
  readonly name: string
}
