/** What went wrong, in one word an application can switch on. */
export type OssUploadErrorCode =
  | 'file-changed'
  | 'different-file'
  | 'file-unreadable'
  | 'credentials'
  | 'cors'
  | 'network'
  | 'timeout'
  | 'no-such-upload'
  | 'checksum'
  | 'already-exists'
  | 'access-denied'
  | 'completion-unknown'
  | 'server'
  | 'protocol'
  | 'storage'

/** What an error carries besides its message. */
export interface OssUploadErrorDetails {
  /** What went wrong. */
  readonly code: OssUploadErrorCode
  /** Whether the same request may succeed later with nothing changed. */
  readonly retryable: boolean
  /** HTTP status, where a server answered. */
  readonly status?: number | undefined
  /** OSS's request id, where it is readable. */
  readonly requestId?: string | undefined
  /** OSS's `x-oss-ec`, where it is readable. */
  readonly ec?: string | undefined
  /** Milliseconds the server asked to wait (`Retry-After`), where that is readable. */
  readonly retryAfterMs?: number | undefined
  /** The error behind this one. */
  readonly cause?: unknown
}

/**
 * The family every failed upload's error belongs to. The message says what happened, to which key, and what to do next.
 * No error carries a credential, a header or a query string.
 */
export abstract class OssUploadError extends Error {
  /** What went wrong, for a `switch`. */
  declare readonly code: OssUploadErrorCode
  /** Whether the same request may succeed later with nothing changed. */
  declare readonly retryable: boolean
  /** HTTP status, where a server answered. */
  declare readonly status: number | undefined
  /** OSS's request id, where OSS answered and the bucket's CORS rule exposes it: support asks for it. */
  declare readonly requestId: string | undefined
  /** OSS's fine-grained error code (`x-oss-ec`), for diagnosis only. */
  declare readonly ec: string | undefined
  /** Milliseconds the server asked to wait (`Retry-After`), where the bucket's CORS rule exposes it. */
  declare readonly retryAfterMs: number | undefined

  constructor(message: string, details: OssUploadErrorDetails) {
    const { cause, ...facts } = details
    super(message, { cause })
    Object.assign(this, facts)
  }
}

/** What an error of OSS carries besides. */
export interface OssServiceErrorDetails extends OssUploadErrorDetails {
  /** OSS's own error code. */
  readonly ossCode: string
  /** OSS's clock, in milliseconds since the epoch. */
  readonly serverTimeMs?: number | undefined
}

/** OSS answered and refused. */
export class OssServiceError extends OssUploadError {
  /** Tells the class where `instanceof` cannot, as across two copies of the library. */
  override readonly name = 'OssServiceError'
  /** OSS's own error code, such as `NoSuchBucket`; empty when the answer was not OSS's XML. */
  declare readonly ossCode: string
  /** OSS's clock, in milliseconds since the epoch, where OSS told it: it refuses requests whose time is far from it. */
  declare readonly serverTimeMs: number | undefined

  // Only so that nobody leaves out `ossCode`.
  constructor(message: string, details: OssServiceErrorDetails) {
    super(message, details)
  }
}

/** No readable answer came: no line, or the browser was not allowed to read it (code `cors`). */
export class OssNetworkError extends OssUploadError {
  /** Tells the class where `instanceof` cannot, as across two copies of the library. */
  override readonly name = 'OssNetworkError'
}

/** No byte moved for too long. */
export class OssTimeoutError extends OssUploadError {
  /** Tells the class where `instanceof` cannot, as across two copies of the library. */
  override readonly name = 'OssTimeoutError'
}

/** An answer arrived that cannot be used, such as one whose ETag the bucket's CORS rule hides. */
export class OssProtocolError extends OssUploadError {
  /** Tells the class where `instanceof` cannot, as across two copies of the library. */
  override readonly name = 'OssProtocolError'
}

/** The app server gave no usable credentials, or they do not cover the key. */
export class OssCredentialsError extends OssUploadError {
  /** Tells the class where `instanceof` cannot, as across two copies of the library. */
  override readonly name = 'OssCredentialsError'
}

/** The CRC-64 of what was read from the file is not the one OSS computed. */
export class OssChecksumError extends OssUploadError {
  /** Tells the class where `instanceof` cannot, as across two copies of the library. */
  override readonly name = 'OssChecksumError'
}

/** What is on record cannot be read now, or is not as it was when it was listed. No upload fails for its record. */
export class OssStorageError extends OssUploadError {
  /** Tells the class where `instanceof` cannot, as across two copies of the library. */
  override readonly name = 'OssStorageError'
}

/** The file cannot be read, or is no longer the one that was chosen. */
export class OssFileError extends OssUploadError {
  /** Tells the class where `instanceof` cannot, as across two copies of the library. */
  override readonly name = 'OssFileError'
}

/** The error of a file whose bytes the browser no longer gives. */
export function unreadableFile(cause: unknown): OssFileError {
  return new OssFileError(
    'The file can no longer be read: it was moved, deleted or changed since it was chosen, or is a folder. Choose it again.',
    { code: 'file-unreadable', retryable: false, cause },
  )
}

/**
 * What may stand as a cause. The network library's own errors hold the request, and so its signature and token: of those only
 * the platform's error behind them is told.
 */
export function causeWithoutRequest(error: unknown): unknown {
  const platformError = error instanceof Error && 'request' in error ? error.cause : error
  return platformError instanceof TypeError || platformError instanceof DOMException
    ? platformError
    : undefined
}

/** True for every error of this library's own family. */
export function isOssUploadError(error: unknown): error is OssUploadError {
  return error instanceof OssUploadError
}
