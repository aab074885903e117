/**
 * The seam: everything the engine needs from the world, as types. `platform/` gives the browser's, `testing/` an
 * in-memory one in which time and chance are data.
 */
export interface Environment extends BasicEnvironment {
  readonly hasher: Hasher
  readonly checkpoints: CheckpointStore
  readonly locks: Locks
  readonly openChannel: OpenChannel
  /**
   * Whether a file that was written to since it was chosen shows another size or date, or cannot be read any more. Otherwise it shows
   * what it had, and gives the bytes that are there now.
   */
  readonly seesEdits: boolean
}

/** What every upload needs of it, however small. */
export interface BasicEnvironment {
  readonly clock: Clock
  /** A number from 0 up to 1. */
  readonly random: () => number
  readonly connection: Connection
  readonly transport: Transport
  readonly credentials: CredentialsSource
  readonly hasher: Pick<Hasher, 'crc64'>
  /** Rejects where nothing at all can be read now: then a file that cannot be read is not to blame. */
  readonly readAnything: () => Promise<unknown>
  /** Absent: every line is a new one. */
  readonly lineMemory?: LineMemory | undefined
  /** Where this engine runs: in a page, or in the worker that outlives it. */
  readonly isBackground: boolean
  /** Goes on when this page is gone; absent where the platform or the application has none. */
  readonly background?: Background | undefined
}

export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Calls back once after `ms`; the function it returns takes that back. */
  readonly after: (ms: number, callback: () => void) => () => void
}

/** Whether the device has a line at all; that it has one does not mean that it leads anywhere. */
export interface Connection {
  readonly isOnline: () => boolean
  /** Whether its data costs the user money, as far as the browser tells. */
  readonly isMetered: () => boolean
  /** Calls back whenever the line comes back; the function it returns takes that back. */
  readonly onOnline: (callback: () => void) => () => void
}

/** Sends one request and reads its answer; any status is an answer. Never retries. */
export interface Transport {
  /** @throws OssNetworkError, OssTimeoutError, or the signal's reason. */
  readonly send: (request: TransportRequest) => Promise<TransportReply>
}

export interface TransportRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Blob | string | undefined
  readonly signal: AbortSignal
  /** Give up when no byte moved for so long. */
  readonly stallMs: number
  /** Bytes of the body handed to the network so far. */
  readonly onProgress?: ((sentBytes: number) => void) | undefined
}

export interface TransportReply {
  readonly status: number
  /** A response header by lower-case name; `undefined` when absent or hidden by CORS. */
  readonly header: (name: string) => string | undefined
  readonly body: string
}

/** Why credentials are asked for: there are none yet, they end soon, or OSS refused them. */
export type CredentialsReason = 'first' | 'expiring' | 'rejected'

/** Asks the app server. The answer is whatever it sent; `client/` reads it. */
export type CredentialsSource = (request: {
  readonly reason: CredentialsReason
  readonly signal: AbortSignal
  /** What the app server's clock shows, in milliseconds since the epoch; to be called before the answer is given. */
  readonly onServerTime?: (serverMs: number) => void
}) => Promise<unknown>

/** Digests of a slice of the file, read in windows and never whole. */
export interface Hasher {
  /** @throws OssFileError when the slice cannot be read. */
  readonly crc64: (slice: Blob, signal: AbortSignal) => Promise<bigint>
  /** Base64, as `Content-MD5` wants it. @throws OssFileError when the slice cannot be read. */
  readonly md5: (slice: Blob, signal: AbortSignal) => Promise<string>
}

/** Records that outlive the page. Every call may fail; no upload fails for that. */
export interface CheckpointStore {
  readonly load: (id: string) => Promise<StoredCheckpoint | undefined>
  readonly list: () => Promise<StoredCheckpoint[]>
  /** Replaces the record and drops the parts and the copy it had. */
  readonly save: (id: string, record: unknown) => Promise<void>
  /**
   * Adds a batch of parts at a cost that does not grow with those already there.
   *
   * @returns whether there is a record for them to stand beside; without one they are not kept.
   */
  readonly addParts: (id: string, batch: number, parts: readonly unknown[]) => Promise<boolean>
  /** Keeps a copy of the file beside the record. @throws when there is no room for it. */
  readonly saveCopy: (id: string, file: Blob) => Promise<void>
  readonly remove: (id: string) => Promise<void>
}

/** As it came out of the store: to be checked before it is believed. */
export interface StoredCheckpoint {
  readonly id: string
  readonly record: unknown
  readonly parts: readonly unknown[]
  /** The file, where a copy was kept. */
  readonly copy?: Blob | undefined
}

/** What the line to an origin was good for when it was last used. A hint: it may fail, and may be anything. */
export interface LineMemory {
  readonly load: (origin: string) => Promise<unknown>
  readonly save: (origin: string, line: unknown) => Promise<void>
}

/** One holder at a time over all tabs of the origin, where the platform has locks; elsewhere everyone holds everything. */
export interface Locks {
  /** Resolves to the way to let go, or to `undefined` when another holds it. */
  readonly tryHold: (name: string) => Promise<LetGo | undefined>
  /** Waits in line. @throws the signal's reason. */
  readonly hold: (name: string, signal: AbortSignal) => Promise<LetGo>
  /** `undefined` where there are no locks. */
  readonly isHeld: (name: string) => Promise<boolean | undefined>
}

export type LetGo = () => void

/** Opens what all tabs of the origin that opened the same name hear. */
export type OpenChannel = (name: string, onMessage: (message: unknown) => void) => Channel

export interface Channel {
  /** Plain data, to everyone but this end. */
  readonly post: (message: unknown) => void
  readonly close: () => void
}

/** One more in line for an upload: it holds the file, and needs no window. */
export interface Background {
  /**
   * Never throws: where it fails, the upload ends with its page.
   *
   * @returns takes it out of the line: the upload has ended, and it may not have heard.
   */
  readonly enlist: (upload: EnlistedUpload) => () => void
}

export interface EnlistedUpload {
  /** Absent: this page only looks on, which keeps the one that has the file alive. */
  readonly file: Blob | undefined
  /** The file's name; empty for a Blob. */
  readonly name: string
  /** The key, the user's file handle, and what the object shall be like: all of it can be cloned, except a handle that is the application's own. */
  readonly options: { readonly key: string; readonly handle?: unknown }
  /** A file of another upload is refused. */
  readonly mustResume: boolean
}
