import { readCallback } from '../callback/config.js'
import { fileAlreadyExists, invalidArgument, type OssError } from '../oss-error.js'
import type { Reply } from '../reply.js'
import type { ObjectAttributes, ObjectRecord } from '../store/records.js'
import { readAcl, readAttributes } from './attributes.js'
import type { Call, Services } from './call.js'
import { MAX_BODY_BYTES, type Received, receiveBody } from './receive.js'

export async function putObject(call: Call): Promise<Reply> {
  const { services, request, key } = call
  const attributes = readAttributes(request.headers)
  const acl = readAcl(request.headers['x-oss-object-acl'])
  const callback = readCallback(request)
  const checkOverwrite = overwriteCheck(services, key, request.headers)
  checkOverwrite()

  const object = await receiveBody(call, objectTooLarge, async (received) => {
    const record = objectOf(key, received, attributes, acl, request.now)
    await call.commit(key, () => {
      checkOverwrite()
      return services.store.objects.save(record)
    })
    return record
  })
  const reply = { status: 200, headers: storedHeaders(object) }
  return callback ? services.callbacks.send(callback, object, request, 'PutObject', reply) : reply
}

export function objectOf(
  key: string,
  { blob, size, md5, crc64 }: Received,
  attributes: ObjectAttributes,
  acl: string,
  now: number,
): ObjectRecord {
  return {
    key,
    type: 'Normal',
    size,
    etag: md5.toString('hex').toUpperCase(),
    contentMd5: md5.toString('base64'),
    crc64: crc64.toString(),
    lastModified: now,
    attributes,
    acl,
    blobs: [blob],
  }
}

/** Headers that tell a writer what has been stored. */
export function storedHeaders(object: ObjectRecord): Record<string, string> {
  const headers: Record<string, string> = {
    ETag: `"${object.etag}"`,
    'x-oss-hash-crc64ecma': object.crc64,
    ...object.attributes.encryption,
  }
  if (object.contentMd5 !== undefined) headers['Content-MD5'] = object.contentMd5
  return headers
}

/** Asked before the body is taken, and again in the step that stores: somebody may have been faster. */
export function overwriteCheck(
  { store }: Services,
  key: string,
  headers: Readonly<Record<string, string>>,
  ec = '0026-00000003',
): () => void {
  const forbids = readFlag(headers, 'x-oss-forbid-overwrite')
  return () => {
    if (forbids && store.objects.find(key)) throw fileAlreadyExists(ec)
  }
}

function readFlag(headers: Readonly<Record<string, string>>, name: string): boolean {
  const value = headers[name]?.toLowerCase() ?? 'false'
  if (value === 'true' || value === 'false') return value === 'true'
  throw invalidArgument(`${name} must be true or false.`, name, value)
}

function objectTooLarge(): OssError {
  const message = 'An object of more than 5 GB needs a multipart upload.'
  return invalidArgument(message, 'Content-Length', `more than ${MAX_BODY_BYTES}`)
}
