import type { TransportRequest } from '../environment.js'

export type Operation =
  | 'PutObject'
  | 'HeadObject'
  | 'Initiate'
  | 'UploadPart'
  | 'Complete'
  | 'Abort'
  | 'ListParts'
  | 'ListUploads'

/** A request as OSS reads it. */
export interface Asked {
  readonly operation: Operation
  readonly key: string
  readonly uploadId: string
  readonly partNumber: number
  readonly query: URLSearchParams
  readonly request: TransportRequest
}

export function readRequest(request: TransportRequest): Asked {
  const url = new URL(request.url)
  const query = url.searchParams
  return {
    operation: operationOf(request.method, query),
    key: decodeURIComponent(url.pathname.slice(1)),
    uploadId: query.get('uploadId') ?? '',
    partNumber: Number(query.get('partNumber') ?? 0),
    query,
    request,
  }
}

/** Such as `UploadPart 2 of u1`. */
export function nameOf({ operation, key, uploadId, partNumber }: Asked): string {
  return `${operation}${partNumber ? ` ${partNumber}` : ''} of ${uploadId || key}`
}

function operationOf(method: string, query: URLSearchParams): Operation {
  if (method === 'HEAD') return 'HeadObject'
  if (method === 'DELETE') return 'Abort'
  if (query.has('uploads')) return method === 'GET' ? 'ListUploads' : 'Initiate'
  if (method === 'GET') return 'ListParts'
  if (method === 'POST') return 'Complete'
  return query.has('uploadId') ? 'UploadPart' : 'PutObject'
}
