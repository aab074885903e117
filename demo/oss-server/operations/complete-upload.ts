import { createHash } from 'node:crypto'
import { readCallback } from '../callback/config.js'
import { combineCrc64 } from '../crc64.js'
import { invalidArgument, OssError } from '../oss-error.js'
import { type Reply, xmlReply } from '../reply.js'
import type { ObjectRecord, PartRecord, Upload } from '../store/records.js'
import { childText, readXml, writeXml } from '../xml.js'
import { readAcl } from './attributes.js'
import type { Call } from './call.js'
import { encodingOf } from './encoding-type.js'
import { findUpload } from './find-upload.js'
import { overwriteCheck, storedHeaders } from './put-object.js'
import { readText } from './receive.js'

const MIN_PART_BYTES = 102_400
const MAX_XML_BYTES = 4 * 1024 * 1024

interface ListedPart {
  partNumber: number
  etag: string
}

export async function completeMultipartUpload(call: Call): Promise<Reply> {
  const { services, request, key } = call
  const encoding = encodingOf(request.query)
  const acl = readAcl(request.headers['x-oss-object-acl'])
  const callback = readCallback(request)
  const checkOverwrite = overwriteCheck(services, key, request.headers, '0042-00000214')
  const listed = await readPartList(call)

  const object = await call.commit(key, async () => {
    checkOverwrite()
    const upload = findUpload(call, '0042-00000203')
    const parts = listed ? chooseParts(upload, listed) : allParts(upload)
    const record = joinParts(upload, parts, acl, request.now)
    await services.store.completeUpload(upload, record)
    return record
  })

  const xml = writeXml([
    'CompleteMultipartUploadResult',
    [
      encoding.element,
      ['Location', `http://${request.host}${request.path}`],
      ['Bucket', services.bucket],
      ['Key', encoding.encode(key)],
      ['ETag', `"${object.etag}"`],
    ],
  ])
  const reply = xmlReply(xml, storedHeaders(object))
  if (!callback) return reply
  return services.callbacks.send(callback, object, request, 'CompleteMultipartUpload', reply)
}

/** `undefined`: the client asked for all parts there are. */
async function readPartList(call: Call): Promise<ListedPart[] | undefined> {
  const completeAll = call.request.headers['x-oss-complete-all']
  const xml = await readText(call, MAX_XML_BYTES)
  if (completeAll !== undefined) {
    const name = 'x-oss-complete-all'
    if (completeAll.toLowerCase() !== 'yes') {
      throw invalidArgument(`${name} must be yes.`, name, completeAll)
    }
    if (xml !== '') {
      const message = `The request body must be empty with ${name}.`
      throw invalidArgument(message, name, completeAll, '0042-00000216')
    }
    return undefined
  }
  const root = readXml(xml)
  const elements = root?.children.filter((child) => child.name === 'Part') ?? []
  const parts = elements.map((part) => ({
    number: childText(part, 'PartNumber') ?? '',
    etag: childText(part, 'ETag'),
  }))
  if (root?.name !== 'CompleteMultipartUpload' || parts.length === 0) throw malformedXml()
  return parts.map(({ number, etag }) => {
    if (!/^\d{1,9}$/.test(number) || etag === undefined) throw malformedXml()
    return { partNumber: Number(number), etag }
  })
}

function chooseParts(upload: Upload, listed: ListedPart[]): PartRecord[] {
  let previous = 0
  for (const { partNumber } of listed) {
    if (partNumber <= previous || partNumber > 10_000) {
      const message =
        'The list of parts was not in ascending order. Parts must be ordered by part number.'
      throw new OssError(400, 'InvalidPartOrder', message, { ec: '0042-00000209' })
    }
    previous = partNumber
  }
  return listed.map(({ partNumber, etag }) => {
    const part = upload.parts.get(partNumber)
    if (part && part.etag === etag.replace(/^"(.*)"$/, '$1')) return part
    throw new OssError(
      400,
      'InvalidPart',
      'One or more of the specified parts could not be found or the specified entity tag might not have matched the part.',
      {
        ec: '0042-00000208',
        details: { ETag: etag, PartNumber: partNumber, UploadId: upload.uploadId },
      },
    )
  })
}

function allParts(upload: Upload): PartRecord[] {
  const parts = [...upload.parts.values()].sort((a, b) => a.partNumber - b.partNumber)
  if (parts.length > 0) return parts
  throw invalidArgument('The upload has no part.', 'UploadId', upload.uploadId)
}

function joinParts(upload: Upload, parts: PartRecord[], acl: string, now: number): ObjectRecord {
  const small = parts.slice(0, -1).find((part) => part.size < MIN_PART_BYTES)
  if (small) {
    const message = 'Your proposed upload is smaller than the minimum allowed size.'
    throw new OssError(400, 'EntityTooSmall', message, {
      ec: '0042-00000213',
      details: {
        ETag: small.etag,
        MinSizeAllowed: MIN_PART_BYTES,
        PartNumber: small.partNumber,
        ProposedSize: small.size,
      },
    })
  }
  const etags = createHash('md5').update(parts.map((part) => part.etag).join())
  return {
    key: upload.key,
    type: 'Multipart',
    size: parts.reduce((sum, part) => sum + part.size, 0),
    etag: `${etags.digest('hex').toUpperCase()}-${parts.length}`,
    crc64: parts
      .reduce((crc, part) => combineCrc64(crc, BigInt(part.crc64), part.size), 0n)
      .toString(),
    lastModified: now,
    attributes: upload.attributes,
    acl,
    blobs: parts.map((part) => part.blob),
    uploadId: upload.uploadId,
  }
}

function malformedXml(): OssError {
  const message =
    'The XML you provided was not well-formed or did not validate against our published schema.'
  return new OssError(400, 'MalformedXML', message)
}
