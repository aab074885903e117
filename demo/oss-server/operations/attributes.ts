import { invalidArgument, OssError } from '../oss-error.js'
import type { ObjectAttributes } from '../store/records.js'

const KEPT_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
]
const STORAGE_CLASSES = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive']
const ALGORITHMS = ['AES256', 'KMS', 'SM4']
const ACLS = ['default', 'private', 'public-read', 'public-read-write']
const META_PREFIX = 'x-oss-meta-'
const MAX_META_BYTES = 8192

/** What PutObject, Initiate, CopyObject and a form may say about the object to come. */
export function readAttributes(headers: Readonly<Record<string, string>>): ObjectAttributes {
  return {
    headers: { ...keptHeaders(headers), ...metadata(headers) },
    storageClass: readStorageClass(headers['x-oss-storage-class']),
    encryption: readEncryption(headers),
    tags: countTags(headers['x-oss-tagging']),
  }
}

function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {
    'content-type': headers['content-type'] || 'application/octet-stream',
  }
  for (const name of KEPT_HEADERS) {
    const value = headers[name]
    if (value) kept[name] = value
  }
  return kept
}

function metadata(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).filter(
    ([name, value]) => name.startsWith(META_PREFIX) && value !== '',
  )
  let bytes = 0
  for (const [name, value] of entries) {
    const suffix = name.slice(META_PREFIX.length)
    if (!/^[a-z0-9-]+$/.test(suffix)) {
      const message = 'User metadata names may hold letters, digits and hyphens only.'
      throw invalidArgument(message, name, value)
    }
    bytes += suffix.length + value.length
  }
  if (bytes > MAX_META_BYTES) {
    throw invalidArgument('User metadata exceeds 8 KB.', META_PREFIX, bytes)
  }
  return Object.fromEntries(entries)
}

function readStorageClass(value = 'Standard'): string {
  if (STORAGE_CLASSES.includes(value)) return value
  throw invalidArgument('The storage class you specified is invalid.', 'x-oss-storage-class', value)
}

function readEncryption(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => isEncryptionHeader(name))
  const algorithm = headers['x-oss-server-side-encryption']
  if (algorithm !== undefined && !ALGORITHMS.includes(algorithm)) {
    const message = 'The Encryption request you specified is not valid.'
    throw new OssError(400, 'InvalidEncryptionAlgorithmError', message)
  }
  return Object.fromEntries(entries)
}

export function isEncryptionHeader(name: string): boolean {
  return name.startsWith('x-oss-server-side-')
}

export function readAcl(value = 'default'): string {
  if (ACLS.includes(value)) return value
  throw invalidArgument('The ACL you specified is invalid.', 'x-oss-object-acl', value)
}

/** `k1=v1&k2=v2`, percent-encoded: ten at most, each key once. */
function countTags(header: string | undefined): number {
  if (!header) return 0
  const pairs = header.split('&').map((pair) => pair.split('='))
  const keys = pairs.map(([key = '']) => decodeTag(key))
  const values = pairs.map(([, value = '']) => decodeTag(value))
  const isValid =
    pairs.length <= 10 &&
    new Set(keys).size === keys.length &&
    pairs.every((pair) => pair.length <= 2) &&
    keys.every((key) => key !== '' && Buffer.byteLength(key) <= 128 && isTagText(key)) &&
    values.every((value) => Buffer.byteLength(value) <= 256 && isTagText(value))
  if (isValid) return pairs.length
  throw new OssError(400, 'InvalidTag', 'The tagging you specified is invalid.')
}

function isTagText(text: string): boolean {
  return /^[\p{L}\p{N} +\-=._:/]*$/u.test(text)
}

function decodeTag(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new OssError(400, 'InvalidTag', 'The tagging you specified is not percent-encoded text.')
  }
}
