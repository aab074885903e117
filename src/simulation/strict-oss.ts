import type { TransportReply } from '../environment.js'
import { reply } from '../testing/memory-oss.js'
import { crc64Of, crc64OfAll, md5Of, type Piece, PART as SMALLEST_PART } from './content.js'
import type { Asked, Operation } from './operation.js'

const MAX_SKEW_MS = 15 * 60_000
const PAGE = 3

/** An object as it once stood under its key. */
export interface Version {
  readonly key: string
  readonly pieces: readonly Piece[]
  readonly headers: Readonly<Record<string, string>>
  /** Of how many parts; 0 for one PutObject. */
  readonly parts: number
  readonly uploadId: string
  /** Of the request that stored it. */
  readonly requestId: string
  readonly atMs: number
}

export interface Upload {
  readonly key: string
  readonly initiatedMs: number
  readonly headers: Readonly<Record<string, string>>
  readonly parts: Map<number, Piece>
}

export interface StrictOssOptions {
  readonly now: () => number
  /** When the token ends; `undefined` for one that was never handed out. */
  readonly tokenEnd: (token: string) => number | undefined
  /** What the token's policy does not allow. */
  readonly denied: ReadonlySet<Operation>
  readonly onStored: (version: Version) => void
}

/** OSS that takes no request it should refuse. Signatures alone it does not compute: the local OSS server does. */
export function createStrictOss({ now, tokenEnd, denied, onStored }: StrictOssOptions) {
  /** Of each key, oldest first. */
  const versions = new Map<string, Version[]>()
  const uploads = new Map<string, Upload>()
  let lastUpload = 0
  let lastRequest = 0

  const current = (key: string) => versions.get(key)?.at(-1)

  /** @param body - As it arrived. */
  function answer(asked: Asked, body: Piece | string | undefined): TransportReply {
    const refusal = refuse(asked)
    if (refusal) return refusal
    const { operation, key, uploadId } = asked
    if (operation === 'HeadObject') return head(key)
    if (operation === 'PutObject') return putObject(asked, pieceOf(body))
    if (operation === 'Initiate') return initiate(asked)
    if (operation === 'ListUploads') return listUploads(asked)
    const upload = uploads.get(uploadId)
    if (upload?.key !== key) return failure(404, 'NoSuchUpload')
    if (operation === 'UploadPart') return uploadPart(asked, upload, pieceOf(body))
    if (operation === 'ListParts') return listParts(asked, upload)
    if (operation === 'Complete') return complete(asked, upload, String(body))
    uploads.delete(uploadId)
    return reply(204, '')
  }

  function refuse({ operation, request }: Asked): TransportReply | undefined {
    const { headers } = request
    if (!headers['authorization']?.startsWith('OSS4-HMAC-SHA256 '))
      return failure(403, 'AccessDenied')
    if (Math.abs(signedAt(headers['x-oss-date']) - now()) > MAX_SKEW_MS) {
      const serverTime = `<ServerTime>${new Date(now()).toISOString()}</ServerTime>`
      return failure(403, 'RequestTimeTooSkewed', serverTime)
    }
    const end = tokenEnd(headers['x-oss-security-token'] ?? '')
    if (end === undefined) return failure(403, 'InvalidSecurityToken')
    if (end <= now()) return failure(403, 'SecurityTokenExpired')
    return denied.has(operation) ? failure(403, 'AccessDenied') : undefined
  }

  function mayNotReplace({ key, request }: Asked): boolean {
    return request.headers['x-oss-forbid-overwrite'] === 'true' && current(key) !== undefined
  }

  function store(content: Omit<Version, 'requestId' | 'atMs'>): Version {
    const version = { ...content, requestId: `R${++lastRequest}`, atMs: now() }
    versions.set(version.key, [...(versions.get(version.key) ?? []), version])
    onStored(version)
    return version
  }

  function head(key: string): TransportReply {
    const version = current(key)
    return version ? reply(200, '', headersOf(version)) : reply(404, '', REQUEST)
  }

  function putObject(asked: Asked, piece: Piece): TransportReply {
    if (mayNotReplace(asked)) return failure(409, 'FileAlreadyExists')
    const { headers } = asked.request
    const { requestId } = store({
      key: asked.key,
      pieces: [piece],
      headers,
      parts: 0,
      uploadId: '',
    })
    return reply(200, '', { ...partHeaders(piece), 'x-oss-request-id': requestId })
  }

  function initiate(asked: Asked): TransportReply {
    if (mayNotReplace(asked)) return failure(409, 'FileAlreadyExists')
    const { key, request } = asked
    const id = `u${++lastUpload}`
    uploads.set(id, { key, initiatedMs: now(), headers: request.headers, parts: new Map() })
    const body = `<Bucket>bucket</Bucket><Key>${encodeURIComponent(key)}</Key><UploadId>${id}</UploadId>`
    return reply(
      200,
      `<InitiateMultipartUploadResult>${body}</InitiateMultipartUploadResult>`,
      REQUEST,
    )
  }

  function uploadPart({ partNumber, request }: Asked, upload: Upload, piece: Piece) {
    const md5 = request.headers['content-md5']
    if (md5 !== undefined && md5 !== md5Of(piece).toString('base64')) {
      return failure(400, 'InvalidDigest')
    }
    upload.parts.set(partNumber, piece)
    return reply(200, '', partHeaders(piece))
  }

  function complete(asked: Asked, upload: Upload, body: string): TransportReply {
    const named = [...body.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)<\/ETag>/g)]
    const pieces: Piece[] = []
    let before = 0
    for (const [, number, etag = ''] of named) {
      const piece = upload.parts.get(Number(number))
      if (Number(number) <= before) return failure(400, 'InvalidPartOrder')
      if (!piece || etagOf(piece) !== etag.replaceAll('&quot;', '"')) {
        return failure(400, 'InvalidPart')
      }
      before = Number(number)
      pieces.push(piece)
    }
    if (pieces.length === 0) return failure(400, 'MalformedXML')
    if (pieces.slice(0, -1).some(({ start, end }) => end - start < SMALLEST_PART)) {
      return failure(400, 'EntityTooSmall')
    }
    if (mayNotReplace(asked)) return failure(409, 'FileAlreadyExists')
    uploads.delete(asked.uploadId)
    const { key, uploadId } = asked
    const { headers } = upload
    const version = store({ key, pieces, headers, parts: pieces.length, uploadId })
    const answer = { ...headersOf(version), 'x-oss-request-id': version.requestId }
    return reply(200, '<CompleteMultipartUploadResult/>', answer)
  }

  function listUploads({ query }: Asked): TransportReply {
    const prefix = query.get('prefix') ?? ''
    const items = [...uploads]
      .filter(([, { key }]) => key.startsWith(prefix))
      .map(([id, { key, initiatedMs }]) => {
        const initiated = new Date(initiatedMs).toISOString()
        return `<Upload><Key>${encodeURIComponent(key)}</Key><UploadId>${id}</UploadId><Initiated>${initiated}</Initiated></Upload>`
      })
    const body = `<EncodingType>url</EncodingType>${items.join('')}`
    return reply(200, `<ListMultipartUploadsResult>${body}</ListMultipartUploadsResult>`, REQUEST)
  }

  return { answer, versions, uploads, current }
}

export type StrictOss = ReturnType<typeof createStrictOss>

const REQUEST = { 'x-oss-request-id': '5F2A00000000000000000000' }

export function failure(status: number, code: string, more = ''): TransportReply {
  return reply(status, `<Error><Code>${code}</Code>${more}</Error>`, REQUEST)
}

function listParts({ query }: Asked, { parts }: Upload): TransportReply {
  const after = Number(query.get('part-number-marker') ?? 0)
  const rest = [...parts].filter(([number]) => number > after).sort(([a], [b]) => a - b)
  const page = rest.slice(0, PAGE)
  const items = page.map(
    ([number, piece]) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${etagOf(piece)}</ETag><HashCrc64ecma>${crc64Of(piece)}</HashCrc64ecma><Size>${piece.end - piece.start}</Size></Part>`,
  )
  const marker = `<NextPartNumberMarker>${page.at(-1)?.[0] ?? 0}</NextPartNumberMarker>`
  const more = `<IsTruncated>${rest.length > page.length}</IsTruncated>`
  return reply(200, `<ListPartsResult>${marker}${more}${items.join('')}</ListPartsResult>`, REQUEST)
}

function pieceOf(body: Piece | string | undefined): Piece {
  return typeof body === 'object' ? body : { content: '0', start: 0, end: 0 }
}

function etagOf(piece: Piece): string {
  return `"${md5Of(piece).toString('hex').toUpperCase()}"`
}

function partHeaders(piece: Piece): Record<string, string> {
  const crc64 = String(crc64Of(piece))
  return { ...REQUEST, etag: etagOf(piece), 'x-oss-hash-crc64ecma': crc64 }
}

function headersOf({ pieces, parts, atMs }: Version): Record<string, string> {
  const size = pieces.reduce((sum, { start, end }) => sum + end - start, 0)
  const [only] = pieces
  return {
    ...REQUEST,
    etag: parts === 0 && only ? etagOf(only) : `"${'A'.repeat(32)}-${parts}"`,
    'x-oss-hash-crc64ecma': String(crc64OfAll(pieces)),
    'content-length': String(size),
    'last-modified': new Date(atMs).toUTCString(),
  }
}

/** Of `20260102T030405Z`. */
function signedAt(date = ''): number {
  const [, ...fields] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? []
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = fields.map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second)
}
