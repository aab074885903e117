import { createHash } from 'node:crypto'
import type { Transport, TransportReply, TransportRequest } from '../environment.js'
import { updateCrc64 } from '../protocol/crc64.js'

export interface StoredObject {
  readonly bytes: Uint8Array
  readonly headers: Readonly<Record<string, string>>
  /** Of how many parts it was made; 0 for one PutObject. */
  readonly parts: number
}

interface MemoryUpload {
  readonly key: string
  /** ISO 8601; each upload a second after the one before. */
  readonly initiated: string
  readonly headers: StoredObject['headers']
  readonly parts: Map<number, Uint8Array>
}

const REQUEST = { 'x-oss-request-id': 'REQUEST' }

/** What a test may put in place of an answer; `undefined` lets OSS answer. */
export type Interference = (
  request: RequestRecord,
) => Promise<TransportReply | undefined> | TransportReply | undefined

export interface RequestRecord {
  /** `PUT`, `POST ?uploads`, `PUT ?partNumber=2`, ... */
  readonly name: string
  readonly key: string
  readonly request: TransportRequest
}

/** OSS in memory, as a transport: enough of it to run whole uploads. It checks no signature; the local OSS server does. */
export function createMemoryOss(interfere: Interference = () => undefined) {
  const objects = new Map<string, StoredObject>()
  const uploads = new Map<string, MemoryUpload>()
  const requests: RequestRecord[] = []
  let lastUpload = 0

  async function answer(request: TransportRequest): Promise<TransportReply> {
    const url = new URL(request.url)
    const key = decodeURIComponent(url.pathname.slice(1))
    const uploadId = url.searchParams.get('uploadId') ?? ''
    const upload = uploads.get(uploadId)?.key === key ? uploads.get(uploadId) : undefined
    const body = await bytesOf(request.body)
    request.onProgress?.(body.length)

    if (request.method === 'HEAD') {
      const object = objects.get(key)
      if (!object) return reply(404, '', REQUEST)
      return reply(200, '', headersOf(object))
    }
    if (request.method === 'PUT' && !url.searchParams.has('uploadId')) {
      objects.set(key, { bytes: body, headers: request.headers, parts: 0 })
      return reply(200, '', digestsOf(body))
    }
    if (url.searchParams.has('uploads')) {
      if (request.method === 'GET') return listUploads(uploads, url)
      const id = `upload-${++lastUpload}`
      const initiated = new Date(Date.UTC(2026, 0, 1) + lastUpload * 1000).toISOString()
      uploads.set(id, { key, initiated, headers: request.headers, parts: new Map() })
      return reply(
        200,
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      )
    }
    if (!upload) return reply(404, '<Error><Code>NoSuchUpload</Code></Error>', REQUEST)
    if (request.method === 'PUT') {
      upload.parts.set(Number(url.searchParams.get('partNumber')), body)
      return reply(200, '', digestsOf(body))
    }
    if (request.method === 'GET') return listParts(upload.parts, url)
    uploads.delete(uploadId)
    if (request.method === 'DELETE') return reply(204, '')
    const numbers = [...new TextDecoder().decode(body).matchAll(/<PartNumber>(\d+)</g)]
    const bytes = Buffer.concat(
      numbers.map(([, number]) => upload.parts.get(Number(number)) ?? new Uint8Array()),
    )
    const object = { bytes, headers: upload.headers, parts: numbers.length }
    objects.set(key, object)
    return reply(200, '<CompleteMultipartUploadResult/>', headersOf(object))
  }

  const transport: Transport = {
    async send(request) {
      request.signal.throwIfAborted()
      const record = recordOf(request)
      requests.push(record)
      const interference = await untilAborted(Promise.resolve(interfere(record)), request.signal)
      return interference ?? answer(request)
    },
  }
  return { transport, objects, uploads, requests, answer }
}

/** Pages of two, so that every test that lists reads more than one. */
function listParts(parts: ReadonlyMap<number, Uint8Array>, url: URL): TransportReply {
  const after = Number(url.searchParams.get('part-number-marker') ?? 0)
  const rest = [...parts].filter(([number]) => number > after).sort(([a], [b]) => a - b)
  const page = rest.slice(0, 2)
  const items = page.map(([number, bytes]) => {
    const { etag, 'x-oss-hash-crc64ecma': crc64 } = digestsOf(bytes)
    return `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag><HashCrc64ecma>${crc64}</HashCrc64ecma><Size>${bytes.length}</Size></Part>`
  })
  const marker = `<NextPartNumberMarker>${page.at(-1)?.[0] ?? 0}</NextPartNumberMarker>`
  const more = `<IsTruncated>${rest.length > page.length}</IsTruncated>`
  return reply(200, `<ListPartsResult>${marker}${more}${items.join('')}</ListPartsResult>`)
}

/** Pages of two here too, in the order of keys and then of upload IDs. */
function listUploads(uploads: ReadonlyMap<string, MemoryUpload>, url: URL): TransportReply {
  const [prefix, keyMarker, idMarker] = ['prefix', 'key-marker', 'upload-id-marker'].map(
    (name) => url.searchParams.get(name) ?? '',
  ) as [string, string, string]
  const rest = [...uploads]
    .map(([uploadId, { key, initiated }]) => ({ uploadId, key, initiated }))
    .filter(({ key }) => key.startsWith(prefix))
    .filter(({ key, uploadId }) => key > keyMarker || (key === keyMarker && uploadId > idMarker))
    .sort((a, b) => (a.key < b.key || (a.key === b.key && a.uploadId < b.uploadId) ? -1 : 1))
  const page = rest.slice(0, 2)
  const items = page.map(
    ({ key, uploadId, initiated }) =>
      `<Upload><Key>${encodeURIComponent(key)}</Key><UploadId>${uploadId}</UploadId><Initiated>${initiated}</Initiated></Upload>`,
  )
  const last = page.at(-1)
  const markers =
    last && rest.length > page.length
      ? `<IsTruncated>true</IsTruncated><NextKeyMarker>${encodeURIComponent(last.key)}</NextKeyMarker><NextUploadIdMarker>${last.uploadId}</NextUploadIdMarker>`
      : ''
  const body = `<EncodingType>url</EncodingType>${markers}${items.join('')}`
  return reply(200, `<ListMultipartUploadsResult>${body}</ListMultipartUploadsResult>`)
}

export function reply(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): TransportReply {
  return { status, body, header: (name) => headers[name] }
}

/** A real request ends when its signal says so, whatever the server does. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(resolve, reject)
  })
}

function recordOf(request: TransportRequest): RequestRecord {
  const url = new URL(request.url)
  const part = url.searchParams.get('partNumber')
  const detail = url.searchParams.has('uploads')
    ? ' ?uploads'
    : part
      ? ` ?partNumber=${part}`
      : url.searchParams.has('uploadId')
        ? ' ?uploadId'
        : ''
  return {
    name: `${request.method}${detail}`,
    key: decodeURIComponent(url.pathname.slice(1)),
    request,
  }
}

async function bytesOf(body: TransportRequest['body']): Promise<Uint8Array> {
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer())
  return new TextEncoder().encode(body ?? '')
}

/** As OSS does, an object made of parts has an ETag that is not an MD5 and ends in their number. */
function headersOf({ bytes, parts }: StoredObject): Record<string, string> {
  const digests = digestsOf(bytes)
  const etag = parts > 0 ? digests['etag']?.replace(/"$/, `-${parts}"`) : digests['etag']
  return { ...digests, etag: etag ?? '', 'content-length': String(bytes.length) }
}

function digestsOf(bytes: Uint8Array): Record<string, string> {
  return {
    etag: `"${createHash('md5').update(bytes).digest('hex').toUpperCase()}"`,
    'x-oss-hash-crc64ecma': String(updateCrc64(0n, bytes)),
    ...REQUEST,
  }
}
