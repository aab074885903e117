import type { QueryParameter } from './canonical-request.js'
import { type ObjectOptions, putHeaders } from './object-options.js'

/** One request to OSS before it is signed; bodies are slices of the file or XML text. */
export interface OssRequest {
  readonly operation: OssOperation
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Absent for a request on the bucket itself. */
  readonly key?: string
  readonly query: readonly QueryParameter[]
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Blob | string
}

export type OssOperation =
  | 'PutObject'
  | 'HeadObject'
  | 'InitiateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListParts'
  | 'ListMultipartUploads'

/** PutObject: the whole object in one request, up to 5 GiB. */
export function putObject(key: string, body: Blob, options: ObjectOptions): OssRequest {
  const headers = putHeaders(options)
  const sent = headers['content-type'] === undefined ? untyped(body) : body
  return { operation: 'PutObject', method: 'PUT', key, query: [], headers, body: sent }
}

export function headObject(key: string): OssRequest {
  return { operation: 'HeadObject', method: 'HEAD', key, query: [], headers: {} }
}

/** A typed Blob would make the browser add a Content-Type that was not signed. */
export function untyped(body: Blob): Blob {
  return body.type === '' ? body : body.slice(0, body.size)
}
