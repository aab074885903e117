import type { OssClient } from '../client/oss-client.js'
import type { Environment } from '../environment.js'
import type { ObjectOptions } from '../protocol/object-options.js'
import type { TaskEvent } from './events.js'
import type { Journal } from './journal.js'
import type { PlaceInLine } from './place-in-line.js'
import type { Job } from './state.js'

/** `crc64`: what OSS stored is compared with what was read; `+md5`: OSS also checks each part before it takes it. */
export type Verify = 'crc64' | 'crc64+md5' | 'none'

export interface EffectContext {
  readonly environment: Pick<Environment, 'clock' | 'random' | 'hasher' | 'checkpoints' | 'locks'>
  readonly client: OssClient
  readonly bucket: string
  /** Where the object goes, in full: the name of its record. */
  readonly id: string
  readonly journal: Journal
  readonly line: PlaceInLine
  /** A file of another upload is refused; otherwise its record gives way. */
  readonly mustResume: boolean
  /** The user's file handle, to be kept with the record. */
  readonly handle: unknown
  /** Where it is known by now. */
  readonly file: Blob
  /** The file's name; empty for a Blob. */
  readonly name: string
  readonly key: string
  readonly options: ObjectOptions
  readonly verify: Verify
  readonly job: Job
  /** Lower goes first when connections are short. */
  readonly rank: number
  readonly dispatch: (event: TaskEvent) => void
  /** Bytes of a request's body sent so far; 0 when it ended without success. */
  readonly onProgress: (partNumber: number, sentBytes: number) => void
}
