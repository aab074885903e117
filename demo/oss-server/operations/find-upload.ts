import { noSuchUpload } from '../oss-error.js'
import type { Upload } from '../store/records.js'
import type { Call } from './call.js'

export function findUpload({ services, request, key }: Call, ec: string): Upload {
  const uploadId = request.query.get('uploadId') ?? ''
  const upload = services.store.uploads.find(key, uploadId)
  if (!upload) throw noSuchUpload(uploadId, ec)
  return upload
}
