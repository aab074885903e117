import { randomBytes } from 'node:crypto'
import { isoTime } from '../iso-time.js'
import { invalidArgument, OssError } from '../oss-error.js'
import { type Reply, xmlReply } from '../reply.js'
import type { PartRecord } from '../store/records.js'
import { trafficLimit } from '../throttle.js'
import { writeXml } from '../xml.js'
import { isEncryptionHeader, readAttributes } from './attributes.js'
import type { Call } from './call.js'
import { findCopySource } from './copy-source.js'
import { encodingOf } from './encoding-type.js'
import { findUpload } from './find-upload.js'
import { overwriteCheck } from './put-object.js'
import { readRange } from './read-object.js'
import { intake, MAX_BODY_BYTES, type Received, receiveBody } from './receive.js'

export async function initiateMultipartUpload(call: Call): Promise<Reply> {
  const { services, request, key } = call
  const attributes = readAttributes(request.headers)
  const encoding = encodingOf(request.query)
  overwriteCheck(services, key, request.headers)()
  const uploadId = randomBytes(16).toString('hex').toUpperCase()
  await call.commit(key, () =>
    services.store.uploads.add({ key, uploadId, initiated: request.now, attributes }),
  )
  const xml = writeXml([
    'InitiateMultipartUploadResult',
    [
      encoding.element,
      ['Bucket', services.bucket],
      ['Key', encoding.encode(key)],
      ['UploadId', uploadId],
    ],
  ])
  return xmlReply(xml, attributes.encryption)
}

export async function uploadPart(call: Call): Promise<Reply> {
  const { request } = call
  const partNumber = readPartNumber(request.query)
  const described = Object.keys(request.headers).find(
    (name) => isEncryptionHeader(name) || name === 'x-oss-storage-class',
  )
  if (described !== undefined) {
    const message = 'A part cannot have this header, it belongs to the initiation of the upload.'
    throw invalidArgument(message, described, request.headers[described] ?? '')
  }
  const upload = findUpload(call, '0042-00000104')
  const part = await receiveBody(call, partTooLarge, (received) =>
    storePart(call, partNumber, received),
  )
  return { status: 200, headers: { ...partHeaders(part), ...upload.attributes.encryption } }
}

export async function uploadPartCopy(call: Call): Promise<Reply> {
  const { services, request } = call
  const partNumber = readPartNumber(request.query)
  findUpload(call, '0042-00000104')
  const source = findCopySource(call)
  const bytesPerSecond = trafficLimit(request)
  // A range outside the source is no error: OSS copies the whole of it.
  const range = readRange({ range: request.headers['x-oss-copy-source-range'] ?? '' }, source.size)
  const bytes = services.store.blobs.read(source.blobs, range)
  const limits = { bytesPerSecond, maxBytes: MAX_BODY_BYTES, tooLarge: partTooLarge }
  const part = await intake(services, bytes, limits, (received) =>
    storePart(call, partNumber, received),
  )
  // The vendor's SDK takes the ETag from the headers.
  const headers = partHeaders(part)
  if (range) headers['Content-Range'] = `bytes ${range.first}-${range.last}/${source.size}`
  const xml = writeXml([
    'CopyPartResult',
    [
      ['LastModified', isoTime(part.lastModified)],
      ['ETag', `"${part.etag}"`],
    ],
  ])
  return xmlReply(xml, headers)
}

export async function abortMultipartUpload(call: Call): Promise<Reply> {
  const { services, key } = call
  await call.commit(key, () => services.store.uploads.remove(findUpload(call, '0042-00000002')))
  return { status: 204 }
}

async function storePart(call: Call, partNumber: number, received: Received): Promise<PartRecord> {
  const part: PartRecord = {
    partNumber,
    size: received.size,
    etag: received.md5.toString('hex').toUpperCase(),
    crc64: received.crc64.toString(),
    lastModified: call.request.now,
    blob: received.blob,
  }
  // Looked up again: the upload may have ended while the bytes came in.
  await call.commit(call.key, () =>
    call.services.store.uploads.savePart(findUpload(call, '0042-00000104'), part),
  )
  return part
}

function partHeaders({ etag, crc64 }: PartRecord): Record<string, string> {
  return {
    ETag: `"${etag}"`,
    'Content-MD5': Buffer.from(etag, 'hex').toString('base64'),
    'x-oss-hash-crc64ecma': crc64,
  }
}

function readPartNumber(query: URLSearchParams): number {
  const value = query.get('partNumber')
  const missing = value === null ? 'partNumber' : query.has('uploadId') ? undefined : 'uploadId'
  if (missing) {
    const message = `The request must have the query parameter ${missing}.`
    throw invalidArgument(message, 'ResourceType', missing, '0017-00000219')
  }
  const partNumber = /^\d{1,5}$/.test(value ?? '') ? Number(value) : 0
  if (partNumber >= 1 && partNumber <= 10_000) return partNumber
  const message = 'Part number must be an integer between 1 and 10000, inclusive.'
  throw invalidArgument(message, 'PartNumber', value ?? '', '0017-00000220')
}

function partTooLarge(): OssError {
  const message = 'Your proposed upload exceeds the maximum allowed size of a part.'
  return new OssError(400, 'EntityTooLarge', message, {
    details: { MaxSizeAllowed: MAX_BODY_BYTES },
  })
}
