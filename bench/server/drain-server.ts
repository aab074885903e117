import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { TrafficMeter } from './traffic.js'
import { crc64OfZeros, etagOfZeros } from './zeros.js'

/** Sizes of parts by number. */
type Upload = Map<number, number>

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': '*',
}

/**
 * Answers as OSS does (and S3 and COS, which look alike) for files that are nothing but zeros, and throws the bytes away. It
 * checks nothing: neither signatures nor what it is sent. Answers tell the CRC-64 and MD5 of so many zeros.
 */
export function createDrainServer(meter: TrafficMeter): Server {
  const uploads = new Map<string, Upload>()
  let nextUpload = 1

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request
    meter.requested(method)
    if (method === 'OPTIONS') return preflight(request, response)
    const { pathname, searchParams } = new URL(url, 'http://drain')
    const key = pathname.slice(1)
    const uploadId = searchParams.get('uploadId')
    const upload = uploads.get(uploadId ?? '')
    const size = await drain(request, meter)
    if (method === 'PUT') {
      if (uploadId !== null && !upload) return noSuchUpload(response)
      upload?.set(Number(searchParams.get('partNumber')), size)
      response.writeHead(200, stored(size)).end()
      return meter.answered()
    }
    if (method === 'POST' && searchParams.has('uploads')) {
      const id = `${nextUpload++}`.padStart(32, '0')
      uploads.set(id, new Map())
      return xml(
        response,
        'InitiateMultipartUploadResult',
        `${names(key)}<UploadId>${id}</UploadId>`,
      )
    }
    if (method === 'DELETE') {
      uploads.delete(uploadId ?? '')
      return void response.writeHead(204, CORS).end()
    }
    if (method === 'GET' && uploadId === null) {
      return xml(response, 'ListMultipartUploadsResult', '<IsTruncated>false</IsTruncated>')
    }
    if (!upload) return noSuchUpload(response)
    if (method === 'GET') return listParts(response, upload, searchParams)
    uploads.delete(uploadId ?? '')
    const whole = [...upload.values()].reduce((sum, bytes) => sum + bytes, 0)
    const location = `<Location>http://${headers.host}${pathname}</Location>`
    const head = stored(whole)
    xml(
      response,
      'CompleteMultipartUploadResult',
      `${location}${names(key)}<ETag>${head.etag}</ETag>`,
      head,
    )
  }

  return createServer({ highWaterMark: 1024 * 1024 }, (request, response) => {
    // Who breaks off is not answered.
    answer(request, response).catch(() => response.destroy())
  })
}

function preflight({ headers }: IncomingMessage, response: ServerResponse): void {
  const asked = headers['access-control-request-headers']
  response
    .writeHead(200, {
      ...CORS,
      'access-control-allow-methods': 'GET, PUT, POST, DELETE, HEAD',
      'access-control-max-age': '600',
      ...(asked && { 'access-control-allow-headers': asked }),
    })
    .end()
}

/** Resolves to the number of bytes. */
function drain(request: IncomingMessage, meter: TrafficMeter): Promise<number> {
  return new Promise((resolve, reject) => {
    const isPut = request.method === 'PUT'
    let size = 0
    if (isPut) meter.bodyBegan()
    request.on('data', (bytes: Buffer) => {
      size += bytes.length
      if (isPut) meter.received(bytes.length)
    })
    request.once('close', () => {
      if (isPut) meter.bodyEnded()
      if (request.complete) resolve(size)
      else reject(new Error('The request was broken off.'))
    })
  })
}

function stored(size: number) {
  return { ...CORS, etag: etagOfZeros(size), 'x-oss-hash-crc64ecma': crc64OfZeros(size) }
}

function listParts(response: ServerResponse, upload: Upload, query: URLSearchParams): void {
  const after = Number(query.get('part-number-marker') ?? 0)
  const most = Number(query.get('max-parts') ?? 1000)
  const rest = [...upload].filter(([number]) => number > after).sort(([a], [b]) => a - b)
  const page = rest.slice(0, most)
  const parts = page.map(
    ([number, size]) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${etagOfZeros(size)}</ETag><Size>${size}</Size>` +
      `<HashCrc64ecma>${crc64OfZeros(size)}</HashCrc64ecma></Part>`,
  )
  const marker = `<NextPartNumberMarker>${page.at(-1)?.[0] ?? after}</NextPartNumberMarker>`
  const isTruncated = page.length < rest.length
  xml(
    response,
    'ListPartsResult',
    `<IsTruncated>${isTruncated}</IsTruncated>${marker}${parts.join('')}`,
  )
}

function names(key: string): string {
  return `<Bucket>bench</Bucket><Key>${key}</Key><EncodingType>url</EncodingType>`
}

function xml(
  response: ServerResponse,
  name: string,
  content: string,
  headers: object = CORS,
): void {
  response
    .writeHead(200, { ...headers, 'content-type': 'application/xml' })
    .end(`<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${content}</${name}>`)
}

function noSuchUpload(response: ServerResponse): void {
  response
    .writeHead(404, { ...CORS, 'content-type': 'application/xml' })
    .end(
      '<?xml version="1.0"?>\n<Error><Code>NoSuchUpload</Code><Message>No such upload.</Message></Error>',
    )
}
