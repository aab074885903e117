import type { AliOssCheckpoint } from './checkpoint/ali-oss-checkpoint.js'
import type { CredentialsReason } from './environment.js'
import { MAX_PARALLEL } from './plan/parallelism.js'
import type { Addressing } from './protocol/address.js'
import type { ObjectOptions } from './protocol/object-options.js'
import type { ReadableFileHandle } from './saved-source.js'
import type { Discover, DiscoverFunction, Verify } from './task/effect-context.js'

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
  /**
   * Requests in flight over all files: 1 to 6, because a browser opens 6 connections to a host. `'auto'` goes by what the line
   * makes of them, over all uploaders of the page to this host; 2 where data is metered or saved. Give a number where the page
   * reads from the same host meanwhile.
   *
   * @defaultValue `'auto'`
   */
  readonly parallel?: number | 'auto'
  /**
   * Bytes per part: 102,400 to 5 GiB. Raised when the file would need more than 10,000 parts.
   *
   * @defaultValue up to 8 MiB, 16 MiB from 1 GiB up: less on slow lines, and so that all connections are busy to the end
   * @see OSS API reference, "UploadPart", limits.
   */
  readonly partSize?: number
  /** Bytes; a file up to this size goes by one PutObject. 0 to 5 GiB. @defaultValue `partSize`, else 4 MiB */
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
  /**
   * Goes on when the page is reloaded, left or closed, in a SharedWorker that holds the files: for as long as the browser lets
   * it, about 300 s in Chromium, longer while a page is open that has made an uploader with this option. Elsewhere it changes
   * nothing. Needs `credentials` to be a URL of this origin that cookies alone open.
   *
   * @defaultValue `false`
   */
  readonly background?: boolean
  /**
   * Bytes; a file up to this size is copied into IndexedDB beside its record, where there is room for twice its size, so that
   * it goes on after a reload without a second choice.
   *
   * @defaultValue 0
   */
  readonly keepCopyUpTo?: number
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

/** What an uploader goes by, once its options are found to be sound. */
export interface UploaderSettings {
  readonly parallel: number | 'auto'
  readonly verify: Verify
  readonly persist: boolean
  readonly keepCopyUpTo: number
  readonly expireAfterMs: number
  readonly discover: Discover
}

/** @throws TypeError or RangeError naming a wrong option and its cure. */
export function settingsOf(
  options: Pick<
    UploaderOptions,
    'parallel' | 'verify' | 'persist' | 'keepCopyUpTo' | 'expireAfterMs' | 'discover'
  >,
): UploaderSettings {
  return {
    parallel: parallelOf(options.parallel),
    verify: verifyOf(options.verify),
    persist: options.persist ?? true,
    keepCopyUpTo: keepCopyUpToOf(options.keepCopyUpTo),
    expireAfterMs: expireAfterMsOf(options.expireAfterMs),
    discover: discoverOf(options.discover),
  }
}

export function checkCredentials(credentials: unknown): void {
  const isUrl = typeof credentials === 'string' && credentials !== ''
  if (isUrl || typeof credentials === 'function') return
  throw new TypeError(
    "credentials must be the URL of your app server's credentials route, or a function that gets them; never put keys into a page.",
  )
}

function parallelOf(parallel: unknown = 'auto'): number | 'auto' {
  if (parallel === 'auto') return parallel
  if (typeof parallel === 'number' && Number.isInteger(parallel)) {
    if (parallel >= 1 && parallel <= MAX_PARALLEL) return parallel
  }
  throw new RangeError(
    `parallel must be 1 to ${MAX_PARALLEL} or "auto": a browser opens ${MAX_PARALLEL} connections to a host, more would only wait.`,
  )
}

export function assertObject(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${name} must be an object.`)
}

export function assertSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return
  throw new TypeError('signal must be an AbortSignal, such as that of a new AbortController().')
}

function expireAfterMsOf(expireAfterMs: unknown = 7 * 24 * 3_600_000): number {
  if (typeof expireAfterMs === 'number' && expireAfterMs > 0) return expireAfterMs
  throw new RangeError('expireAfterMs must be a positive number of milliseconds.')
}

function keepCopyUpToOf(keepCopyUpTo: unknown = 0): number {
  if (typeof keepCopyUpTo === 'number' && keepCopyUpTo >= 0) return keepCopyUpTo
  throw new RangeError('keepCopyUpTo must be a number of bytes; 0 keeps no copy.')
}

function verifyOf(verify: unknown): Verify {
  if (verify === undefined) return 'crc64'
  if (verify === 'crc64' || verify === 'crc64+md5' || verify === 'none') return verify
  throw new TypeError('verify must be "crc64", "crc64+md5" or "none".')
}

export function assertBlob(file: unknown): asserts file is Blob {
  // By its tag: a file of another frame is no instance of this one's Blob.
  if (!/^\[object (Blob|File)]$/.test(Object.prototype.toString.call(file))) {
    throw new TypeError(
      'upload(file, options): file must be a File or Blob, such as one of input.files.',
    )
  }
}

/** @throws TypeError when the option is neither yes, no nor a function. */
function discoverOf(discover: unknown): Discover {
  if (typeof discover === 'function') return discover as DiscoverFunction
  if (discover === undefined || typeof discover === 'boolean') return discover ?? false
  throw new TypeError('discover must be true, false or a function that resolves to upload IDs.')
}
