import type { Blob } from './blobs.js'

/** What the client said about an object, when it put it or when it initiated the upload. */
export interface ObjectAttributes {
  /** Content-Type, Cache-Control, ..., and `x-oss-meta-*`: what a read gives back, lower-case names. */
  headers: Record<string, string>
  storageClass: string
  /** The `x-oss-server-side-*` headers. */
  encryption: Record<string, string>
  tags: number
}

export interface ObjectRecord {
  key: string
  type: 'Normal' | 'Multipart'
  size: number
  /** Without quotes. */
  etag: string
  /** Decimal. */
  crc64: string
  /** Base64; only objects written in one piece have it. */
  contentMd5?: string
  /** Milliseconds since the epoch. */
  lastModified: number
  attributes: ObjectAttributes
  acl: string
  blobs: Blob[]
  /** The upload it was completed from: tells a restart that this upload is over. */
  uploadId?: string
}

export interface UploadRecord {
  key: string
  uploadId: string
  /** Milliseconds since the epoch. */
  initiated: number
  attributes: ObjectAttributes
}

export interface PartRecord {
  partNumber: number
  size: number
  etag: string
  crc64: string
  lastModified: number
  blob: Blob
}

export interface Upload extends UploadRecord {
  readonly parts: ReadonlyMap<number, PartRecord>
}
