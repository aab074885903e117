import type { Address } from '../addressing.js'
import type { OssRequest } from '../oss-request.js'

export const OPERATIONS = [
  'InitiateMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
  'ListParts',
  'ListMultipartUploads',
  'PutObject',
  'PostObject',
  'HeadObject',
  'GetObjectMeta',
  'GetObject',
  'DeleteObject',
  'CopyObject',
  'PutBucketCors',
  'GetBucketCors',
  'DeleteBucketCors',
] as const

export type OperationName = (typeof OPERATIONS)[number]

/** Query parameters that make another operation of a request, or another object of an object; this server has none of them. */
const NOT_BUILT = new Set([
  'accessPoint',
  'acl',
  'append',
  'asyncFetch',
  'cleanRestoredObject',
  'comp',
  'delete',
  'img',
  'live',
  'position',
  'restore',
  'sealAppendObject',
  'sequential',
  'startTime',
  'endTime',
  'status',
  'style',
  'symlink',
  'tagging',
  'versionId',
  'vod',
  'x-oss-async-process',
  'x-oss-process',
])

/** `undefined`: OSS may know such a request, this server does not. */
export function operationOf(request: OssRequest, address: Address): OperationName | undefined {
  if ([...request.query.keys()].some((name) => NOT_BUILT.has(name))) return undefined
  if (address.bucket === undefined) return undefined
  return address.key === undefined ? bucketOperation(request) : objectOperation(request)
}

function bucketOperation({ method, query, headers }: OssRequest): OperationName | undefined {
  if (query.has('cors')) {
    if (method === 'PUT') return 'PutBucketCors'
    if (method === 'GET') return 'GetBucketCors'
    return method === 'DELETE' ? 'DeleteBucketCors' : undefined
  }
  if (method === 'GET' && query.has('uploads')) return 'ListMultipartUploads'
  // A form is known by its body: OSS ignores a signature around it.
  const isForm = /^multipart\/form-data\b/i.test(headers['content-type'] ?? '')
  return method === 'POST' && (query.size === 0 || isForm) ? 'PostObject' : undefined
}

function objectOperation({ method, query, headers }: OssRequest): OperationName | undefined {
  const hasUploadId = query.has('uploadId')
  switch (method) {
    case 'POST':
      if (query.has('uploads')) return 'InitiateMultipartUpload'
      return hasUploadId ? 'CompleteMultipartUpload' : undefined
    case 'PUT': {
      const isCopy = headers['x-oss-copy-source'] !== undefined
      // One without the other is a part upload too, and wrong.
      if (hasUploadId || query.has('partNumber')) return isCopy ? 'UploadPartCopy' : 'UploadPart'
      return isCopy ? 'CopyObject' : 'PutObject'
    }
    case 'GET':
      if (query.has('objectMeta')) return undefined
      return hasUploadId ? 'ListParts' : 'GetObject'
    case 'HEAD':
      return query.has('objectMeta') ? 'GetObjectMeta' : 'HeadObject'
    case 'DELETE':
      return hasUploadId ? 'AbortMultipartUpload' : 'DeleteObject'
    default:
      return undefined
  }
}
