import { isoTime } from '../iso-time.js'
import { invalidArgument, OssError } from '../oss-error.js'
import { type Reply, xmlReply } from '../reply.js'
import type { ObjectAttributes, ObjectRecord } from '../store/records.js'
import { trafficLimit } from '../throttle.js'
import { writeXml } from '../xml.js'
import { readAcl, readAttributes } from './attributes.js'
import type { Call } from './call.js'
import { findCopySource } from './copy-source.js'
import { objectOf, overwriteCheck, storedHeaders } from './put-object.js'
import { intake, MAX_BODY_BYTES } from './receive.js'

export async function copyObject(call: Call): Promise<Reply> {
  const { services, request, key } = call
  const source = findCopySource(call)
  const attributes = copyAttributes(source, request.headers)
  const acl = readAcl(request.headers['x-oss-object-acl'])
  const checkOverwrite = overwriteCheck(services, key, request.headers)
  checkOverwrite()
  const limits = {
    bytesPerSecond: trafficLimit(request),
    maxBytes: MAX_BODY_BYTES,
    tooLarge: copyTooLarge,
  }
  if (source.size > limits.maxBytes) throw copyTooLarge()

  const bytes = services.store.blobs.read(source.blobs)
  const object = await intake(services, bytes, limits, async (received) => {
    const record = objectOf(key, received, attributes, acl, request.now)
    await call.commit(key, () => {
      checkOverwrite()
      return services.store.objects.save(record)
    })
    return record
  })
  const xml = writeXml([
    'CopyObjectResult',
    [
      ['LastModified', isoTime(object.lastModified)],
      ['ETag', `"${object.etag}"`],
    ],
  ])
  return xmlReply(xml, storedHeaders(object))
}

/** Metadata comes along or is replaced as a whole; storage class and encryption are always the request's. */
function copyAttributes(
  source: ObjectRecord,
  headers: Readonly<Record<string, string>>,
): ObjectAttributes {
  const name = 'x-oss-metadata-directive'
  const directive = headers[name]?.toUpperCase() ?? 'COPY'
  if (directive !== 'COPY' && directive !== 'REPLACE') {
    throw invalidArgument(`${name} must be COPY or REPLACE.`, name, directive)
  }
  const tagging = 'x-oss-tagging-directive'
  const tagDirective = headers[tagging]?.toUpperCase() ?? 'COPY'
  if (tagDirective !== 'COPY' && tagDirective !== 'REPLACE') {
    throw invalidArgument(`${tagging} must be Copy or Replace.`, tagging, tagDirective)
  }
  const given = readAttributes(headers)
  return {
    ...given,
    headers: directive === 'COPY' ? source.attributes.headers : given.headers,
    tags: tagDirective === 'COPY' ? source.attributes.tags : given.tags,
  }
}

function copyTooLarge(): OssError {
  const message = 'The source is larger than 5 GB: copy it with UploadPartCopy.'
  return new OssError(400, 'EntityTooLarge', message)
}
