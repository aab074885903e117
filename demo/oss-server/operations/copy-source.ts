import { invalidArgument, noSuchBucket, noSuchKey, notImplemented } from '../oss-error.js'
import type { ObjectRecord } from '../store/records.js'
import type { Call } from './call.js'
import { checkConditions } from './conditions.js'

export interface CopySource {
  bucket: string
  key: string
}

/** `/{bucket}/{percent-encoded key}`; the first slash may be missing. */
export function parseCopySource(header: string): CopySource {
  const [path = '', version] = header.split('?')
  if (version !== undefined) throw notImplemented('x-oss-copy-source with a version')
  const match = /^\/?([^/]+)\/(.+)$/.exec(path)
  try {
    if (match) return { bucket: match[1] ?? '', key: decodeURIComponent(match[2] ?? '') }
  } catch {
    // Not percent-encoded text: refused like any other malformed source.
  }
  throw invalidArgument(
    'Copy Source must mention the source bucket and key.',
    'x-oss-copy-source',
    header,
  )
}

/** The object to copy from, if it is there and its conditions hold. */
export function findCopySource({ services, request }: Call): ObjectRecord {
  const { bucket, key } = parseCopySource(request.headers['x-oss-copy-source'] ?? '')
  if (bucket !== services.bucket) {
    throw noSuchBucket(bucket)
  }
  const source = services.store.objects.find(key)
  if (!source) throw noSuchKey(key)
  checkConditions(source, request.headers, 'x-oss-copy-source-')
  return source
}
