import { callbackHeaders, type UploadCallback } from './callback.js'
import { encodeComponent } from './encoding.js'

/** Storage classes of OSS. */
export type StorageClass = 'Standard' | 'IA' | 'Archive' | 'ColdArchive' | 'DeepColdArchive'
/** Access rights of one object; `default` takes the bucket's. */
export type ObjectAcl = 'default' | 'private' | 'public-read' | 'public-read-write'

/** Encryption at rest by OSS. */
export interface Encryption {
  /** `AES256`: OSS's own keys; `KMS`: a key of the Key Management Service; `SM4`: OSS's own, by the Chinese standard. */
  readonly algorithm: 'AES256' | 'KMS' | 'SM4'
  /** The KMS key; absent: the bucket's default key. Goes with `KMS` only. */
  readonly keyId?: string
}

/** What the stored object shall be like. OSS takes these at Initiate (or PutObject), the ACL at Complete. */
export interface ObjectOptions {
  /** @defaultValue the file's own type; OSS guesses from the key where the file has none. */
  readonly contentType?: string
  /** Sent as `Cache-Control` whenever the object is read. */
  readonly cacheControl?: string
  /** Latin-1 only; write other names as `attachment; filename*=UTF-8''...`. */
  readonly contentDisposition?: string
  /** @defaultValue the bucket's storage class. */
  readonly storageClass?: StorageClass
  /** @defaultValue the bucket's encryption. */
  readonly encryption?: Encryption
  /** Needs `oss:PutObjectAcl`. @defaultValue the bucket's ACL. */
  readonly acl?: ObjectAcl
  /** Names of letters, digits and `-`, stored as `x-oss-meta-*` in lower case; values Latin-1; 8 KiB in all. */
  readonly metadata?: Readonly<Record<string, string>>
  /** At most 10; needs `oss:PutObjectTagging`. Keys up to 128 and values up to 256 characters out of letters, digits, space and `+-=._:/`. */
  readonly tags?: Readonly<Record<string, string>>
  /** Fail with `already-exists` rather than replace an object. Has no effect in a bucket with versioning. @defaultValue `false` */
  readonly forbidOverwrite?: boolean
  /** Bits per second for each request: 819,200 to 838,860,800. Parallel parts multiply it. */
  readonly trafficLimit?: number
  /** Has OSS tell your server of the object, and hand on what it answers. */
  readonly callback?: UploadCallback
  /** Further headers for Initiate or PutObject, such as `content-encoding`, `content-language` or `expires`. */
  readonly headers?: Readonly<Record<string, string>>
}

type Headers = Record<string, string>

/** Headers of PutObject, which takes everything at once. */
export function putHeaders(options: ObjectOptions): Headers {
  return {
    ...initiateHeaders(options),
    ...aclHeader(options),
    ...partHeaders(options),
    ...callbackHeaders(options.callback),
  }
}

/** Headers of InitiateMultipartUpload. OSS refuses most of them on a part. */
export function initiateHeaders(options: ObjectOptions): Headers {
  const { encryption, metadata = {}, tags = {} } = options
  return defined({
    ...lowerCaseNames(options.headers ?? {}),
    'content-type': options.contentType,
    'cache-control': options.cacheControl,
    'content-disposition': options.contentDisposition,
    'x-oss-storage-class': options.storageClass,
    'x-oss-server-side-encryption': encryption?.algorithm,
    'x-oss-server-side-encryption-key-id': encryption?.keyId,
    'x-oss-tagging': Object.entries(tags)
      .map(([key, value]) => `${encodeComponent(key)}=${encodeComponent(value)}`)
      .join('&'),
    ...forbidOverwriteHeader(options),
    ...Object.fromEntries(
      Object.entries(metadata).map(([name, value]) => [`x-oss-meta-${name.toLowerCase()}`, value]),
    ),
  })
}

/** Headers of CompleteMultipartUpload: OSS checks "forbid overwrite" here once more. */
export function completeHeaders(options: ObjectOptions): Headers {
  return {
    ...forbidOverwriteHeader(options),
    ...aclHeader(options),
    ...callbackHeaders(options.callback),
  }
}

/** Headers of UploadPart. */
export function partHeaders({ trafficLimit }: ObjectOptions): Headers {
  return trafficLimit === undefined ? {} : { 'x-oss-traffic-limit': String(trafficLimit) }
}

function forbidOverwriteHeader({ forbidOverwrite }: ObjectOptions): Headers {
  return forbidOverwrite ? { 'x-oss-forbid-overwrite': 'true' } : {}
}

function aclHeader({ acl }: ObjectOptions): Headers {
  return acl ? { 'x-oss-object-acl': acl } : {}
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}

/** An empty header value breaks OSS's signature check, so such headers are not sent. */
function defined(headers: Readonly<Record<string, string | undefined>>): Headers {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => Boolean(entry[1])),
  )
}
