import { Readable } from 'node:stream'
import { accessDenied, invalidArgument, noSuchKey, OssError } from '../oss-error.js'
import type { Reply } from '../reply.js'
import type { ByteRange } from '../store/blobs.js'
import type { ObjectRecord } from '../store/records.js'
import { throttle, trafficLimit } from '../throttle.js'
import type { Call } from './call.js'
import { checkConditions } from './conditions.js'

const OVERRIDES = [
  'content-type',
  'content-language',
  'expires',
  'cache-control',
  'content-disposition',
  'content-encoding',
]

export async function headObject(call: Call): Promise<Reply> {
  const object = findObject(call)
  return {
    status: 200,
    headers: { ...objectHeaders(object), 'Content-Length': String(object.size) },
  }
}

/** `?objectMeta`: the light variant. */
export async function getObjectMeta(call: Call): Promise<Reply> {
  const { etag, size, lastModified, crc64 } = findObject(call)
  return {
    status: 200,
    headers: {
      ETag: `"${etag}"`,
      'Content-Length': String(size),
      'Last-Modified': new Date(lastModified).toUTCString(),
      'x-oss-hash-crc64ecma': crc64,
    },
  }
}

export async function getObject(call: Call): Promise<Reply> {
  const { services, request } = call
  const object = findObject(call)
  const bytesPerSecond = trafficLimit(request)
  const range = readRange(request.headers, object.size)
  const headers = { ...objectHeaders(object), ...overrides(call) }
  const length = range ? range.last - range.first + 1 : object.size
  headers['Content-Length'] = String(length)
  if (range) headers['Content-Range'] = `bytes ${range.first}-${range.last}/${object.size}`

  const bytes = services.store.blobs.read(object.blobs, range)
  const body = bytesPerSecond === undefined ? bytes : slowed(bytes, bytesPerSecond)
  return { status: range ? 206 : 200, headers, body }
}

function slowed(bytes: Readable, bytesPerSecond: number): Readable {
  const slow = Readable.from(throttle(bytes, bytesPerSecond), { objectMode: false })
  return slow.once('close', () => bytes.destroy())
}

function findObject({ services, request, key }: Call): ObjectRecord {
  const object = services.store.objects.find(key)
  if (!object) throw noSuchKey(key)
  checkConditions(object, request.headers)
  return object
}

export function objectHeaders(object: ObjectRecord): Record<string, string> {
  const headers: Record<string, string> = {
    'Accept-Ranges': 'bytes',
    ETag: `"${object.etag}"`,
    'Last-Modified': new Date(object.lastModified).toUTCString(),
    'x-oss-object-type': object.type,
    'x-oss-storage-class': object.attributes.storageClass,
    'x-oss-hash-crc64ecma': object.crc64,
    ...object.attributes.headers,
    ...object.attributes.encryption,
  }
  if (object.contentMd5 !== undefined) headers['Content-MD5'] = object.contentMd5
  if (object.attributes.tags > 0) headers['x-oss-tagging-count'] = String(object.attributes.tags)
  return headers
}

/** A signed reader may dress the answer differently; an anonymous one may not. */
function overrides({ request, caller }: Call): Record<string, string> {
  const chosen: Record<string, string> = {}
  for (const name of OVERRIDES) {
    const value = request.query.get(`response-${name}`)
    if (value === null) continue
    if (!caller) throw accessDenied('Anonymous users cannot override headers.', '0003-00000001')
    // A control character would end the header; other text travels as its UTF-8 bytes.
    if (/\p{Cc}/u.test(value)) {
      throw invalidArgument('The header override is invalid.', `response-${name}`, value)
    }
    chosen[name] = Buffer.from(value, 'utf8').toString('latin1')
  }
  return chosen
}

/**
 * OSS ignores a range that is not wholly inside the object and gives everything, unless the client asks for the
 * standard behaviour.
 */
export function readRange(
  headers: Readonly<Record<string, string>>,
  size: number,
): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(headers['range'] ?? '')
  const [, from = '', to = ''] = match ?? []
  if (from === '' && to === '') return undefined
  const isStandard = headers['x-oss-range-behavior'] === 'standard'
  const first = from === '' ? Math.max(size - Number(to), 0) : Number(from)
  const last = from === '' || to === '' ? size - 1 : Number(to)
  if (first < size && last < size && first <= last) return { first, last }
  if (!isStandard) return undefined
  if (first < size && first <= last) return { first, last: size - 1 }
  throw new OssError(416, 'InvalidRange', 'The requested range cannot be satisfied.', {
    details: { ActualObjectSize: size, RangeRequested: headers['range'] ?? '' },
  })
}
