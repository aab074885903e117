import type { AccessKey } from './keys.js'
import { parseCopySource } from './operations/copy-source.js'
import type { OperationName } from './operations/route.js'
import { accessDenied } from './oss-error.js'
import type { OssRequest } from './oss-request.js'
import { isAllowed } from './policy.js'

/** Lower-case names; for a form, its fields. */
type Headers = Readonly<Record<string, string>>

export interface Permission {
  action: string
  bucket: string
  /** Absent: the right is on the bucket itself. */
  key?: string
}

/** Everything a caller must be allowed to do for this request. */
export function permissionsFor(
  operation: OperationName,
  headers: Headers,
  bucket: string,
  key = '',
): Permission[] {
  const onObject = (...names: string[]): Permission[] =>
    names.map((name) => ({ action: `oss:${name}`, bucket, key }))
  switch (operation) {
    case 'InitiateMultipartUpload':
    case 'UploadPart':
    case 'CompleteMultipartUpload':
    case 'PutObject':
    case 'PostObject':
      return onObject('PutObject', ...attributeRights(operation, headers))
    case 'UploadPartCopy':
    case 'CopyObject': {
      const source = parseCopySource(headers['x-oss-copy-source'] ?? '')
      const rights = onObject('PutObject', ...attributeRights(operation, headers))
      return [{ action: 'oss:GetObject', ...source }, ...rights]
    }
    case 'HeadObject':
    case 'GetObjectMeta':
    case 'GetObject':
      return onObject('GetObject')
    case 'ListMultipartUploads':
    case 'PutBucketCors':
    case 'GetBucketCors':
    case 'DeleteBucketCors':
      return [{ action: `oss:${operation}`, bucket }]
    case 'AbortMultipartUpload':
    case 'ListParts':
    case 'DeleteObject':
      return onObject(operation)
  }
}

function attributeRights(operation: OperationName, headers: Headers): string[] {
  const rights: string[] = []
  if (headers['x-oss-tagging'] !== undefined) rights.push('PutObjectTagging')
  const takesAcl = operation !== 'InitiateMultipartUpload' && operation !== 'UploadPart'
  if (takesAcl && headers['x-oss-object-acl'] !== undefined) rights.push('PutObjectAcl')
  return rights
}

/** Throws 403 unless the key may do all of it. */
export function authorize(
  caller: AccessKey,
  request: OssRequest,
  permissions: readonly Permission[],
): void {
  for (const { action, bucket, key } of permissions) {
    const resource = `acs:oss:*:*:${key === undefined ? bucket : `${bucket}/${key}`}`
    const prefix = key === undefined ? (request.query.get('prefix') ?? '') : undefined
    const isRefused = !isAllowed(caller.policies, {
      action,
      resource,
      secureTransport: false,
      sourceIp: request.sourceIp,
      now: request.now,
      ...(prefix === undefined ? {} : { prefix }),
    })
    // Bucket settings belong to the owner, whatever a role would allow.
    const isOwnersAlone = action.endsWith('BucketCors') && caller.securityToken !== undefined
    if (isRefused || isOwnersAlone) {
      const message = 'You have no right to access this object because of the authorization policy.'
      throw accessDenied(message, '0003-00000001', { AuthAction: action, Resource: resource })
    }
  }
}
