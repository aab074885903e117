import { isoTime } from '../iso-time.js'
import { invalidArgument } from '../oss-error.js'
import { type Reply, xmlReply } from '../reply.js'
import type { Upload } from '../store/records.js'
import { writeXml, type XmlNode } from '../xml.js'
import type { Call } from './call.js'
import { encodingOf } from './encoding-type.js'
import { findUpload } from './find-upload.js'

export async function listParts(call: Call): Promise<Reply> {
  const { query } = call.request
  const encoding = encodingOf(query)
  const maxParts = readPageSize(query, 'max-parts')
  const marker = readMarker(query)
  const upload = findUpload(call, '0042-00000104')

  const later = [...upload.parts.values()]
    .filter((part) => part.partNumber > marker)
    .sort((a, b) => a.partNumber - b.partNumber)
  const page = later.slice(0, maxParts)
  const xml = writeXml([
    'ListPartsResult',
    [
      encoding.element,
      ['Bucket', call.services.bucket],
      ['Key', encoding.encode(call.key)],
      ['UploadId', upload.uploadId],
      ['StorageClass', upload.attributes.storageClass],
      ['PartNumberMarker', marker],
      ['NextPartNumberMarker', page.at(-1)?.partNumber ?? marker],
      ['MaxParts', maxParts],
      ['IsTruncated', String(page.length < later.length)],
      ...page.map(
        (part): XmlNode => [
          'Part',
          [
            ['PartNumber', part.partNumber],
            ['LastModified', isoTime(part.lastModified)],
            ['ETag', `"${part.etag}"`],
            ['HashCrc64ecma', part.crc64],
            ['Size', part.size],
          ],
        ],
      ),
    ],
  ])
  return xmlReply(xml)
}

export async function listMultipartUploads(call: Call): Promise<Reply> {
  const { query } = call.request
  const encoding = encodingOf(query)
  const maxUploads = readPageSize(query, 'max-uploads')
  const keyMarker = query.get('key-marker') ?? ''
  const idMarker = keyMarker === '' ? '' : (query.get('upload-id-marker') ?? '')
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''

  const candidates = [...call.services.store.uploads.all()]
    .filter(({ key }) => key.startsWith(prefix))
    .filter((upload) => isAfter(upload, keyMarker, idMarker))
    .sort(byKeyAndId)
  const { uploads, prefixes, last, isTruncated } = takePage(
    candidates,
    { prefix, delimiter, keyMarker },
    maxUploads,
  )
  const xml = writeXml([
    'ListMultipartUploadsResult',
    [
      encoding.element,
      ['Bucket', call.services.bucket],
      ['KeyMarker', encoding.encode(keyMarker)],
      ['UploadIdMarker', idMarker],
      ['NextKeyMarker', isTruncated ? encoding.encode(last.key) : ''],
      ['NextUploadIdMarker', isTruncated ? last.uploadId : ''],
      ['Delimiter', encoding.encode(delimiter)],
      ['Prefix', encoding.encode(prefix)],
      ['MaxUploads', maxUploads],
      ['IsTruncated', String(isTruncated)],
      ...uploads.map(
        (upload): XmlNode => [
          'Upload',
          [
            ['Key', encoding.encode(upload.key)],
            ['UploadId', upload.uploadId],
            ['StorageClass', upload.attributes.storageClass],
            ['Initiated', isoTime(upload.initiated)],
          ],
        ],
      ),
      ...prefixes.map((text): XmlNode => ['CommonPrefixes', [['Prefix', encoding.encode(text)]]]),
    ],
  ])
  return xmlReply(xml)
}

/** What comes after the markers; without an id marker the whole key of the marker is behind us. */
function isAfter({ key, uploadId }: Upload, keyMarker: string, idMarker: string): boolean {
  const order = byteOrder(key, keyMarker)
  return order > 0 || (order === 0 && idMarker !== '' && uploadId > idMarker)
}

function byKeyAndId(a: Upload, b: Upload): number {
  return byteOrder(a.key, b.key) || (a.uploadId < b.uploadId ? -1 : 1)
}

/** OSS sorts by UTF-8 bytes; JavaScript's own order differs above U+FFFF. */
function byteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

interface Page {
  uploads: Upload[]
  prefixes: string[]
  last: { key: string; uploadId: string }
  isTruncated: boolean
}

/** Uploads and common prefixes together fill a page. */
function takePage(
  candidates: Upload[],
  { prefix, delimiter, keyMarker }: { prefix: string; delimiter: string; keyMarker: string },
  limit: number,
): Page {
  const page: Page = {
    uploads: [],
    prefixes: [],
    last: { key: '', uploadId: '' },
    isTruncated: false,
  }
  for (const upload of candidates) {
    const end = delimiter === '' ? -1 : upload.key.indexOf(delimiter, prefix.length)
    const common = end < 0 ? undefined : upload.key.slice(0, end + delimiter.length)
    // The page before ended with this prefix, or this page has it already.
    if (common !== undefined && (common === keyMarker || common === page.prefixes.at(-1))) continue
    if (page.uploads.length + page.prefixes.length === limit) {
      page.isTruncated = true
      break
    }
    if (common === undefined) page.uploads.push(upload)
    else page.prefixes.push(common)
    page.last = common === undefined ? upload : { key: common, uploadId: '' }
  }
  return page
}

function readPageSize(query: URLSearchParams, name: string): number {
  const value = query.get(name)
  if (!value) return 1000
  const size = /^\d{1,4}$/.test(value) ? Number(value) : 0
  if (size >= 1 && size <= 1000) return size
  throw invalidArgument(`Argument ${name} must be an integer between 1 and 1000.`, name, value)
}

function readMarker(query: URLSearchParams): number {
  const value = query.get('part-number-marker')
  if (!value) return 0
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const message = 'Argument part-number-marker must be an integer.'
  throw invalidArgument(message, 'part-number-marker', value)
}
