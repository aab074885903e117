import { writeXml, type XmlNode } from './xml.js'

export interface OssErrorOptions {
  /** The fine-grained code, e.g. `0002-00000504`. */
  ec?: string
  /** More elements of the XML, in order. */
  details?: Record<string, string | number>
}

/** A refusal as OSS words it; whoever throws it ends the request with this answer. */
export class OssError extends Error {
  override readonly name = 'OssError'
  readonly status: number
  readonly code: string
  readonly ec: string | undefined
  readonly details: Record<string, string | number>

  constructor(status: number, code: string, message: string, options: OssErrorOptions = {}) {
    super(message)
    this.status = status
    this.code = code
    this.ec = options.ec
    this.details = options.details ?? {}
  }
}

export function errorXml(error: OssError, requestId: string, hostId: string): string {
  const details = Object.entries(error.details).map(([name, value]): XmlNode => [name, value])
  return writeXml([
    'Error',
    [
      ['Code', error.code],
      ['Message', error.message],
      ['RequestId', requestId],
      ['HostId', hostId],
      ...details,
      error.ec === undefined ? undefined : ['EC', error.ec],
      error.ec === undefined
        ? undefined
        : ['RecommendDoc', `https://api.aliyun.com/troubleshoot?q=${error.ec}`],
    ],
  ])
}

export function invalidArgument(
  message: string,
  name: string,
  value: string | number,
  ec?: string,
): OssError {
  const details = { ArgumentName: name, ArgumentValue: value }
  return new OssError(400, 'InvalidArgument', message, ec ? { details, ec } : { details })
}

export function accessDenied(message: string, ec: string, details = {}): OssError {
  return new OssError(403, 'AccessDenied', message, { ec, details })
}

export function notImplemented(what: string): OssError {
  return new OssError(
    501,
    'NotImplemented',
    `A header or operation you provided implies functionality that is not implemented: ${what}.`,
  )
}

export function noSuchBucket(bucket: string): OssError {
  return new OssError(404, 'NoSuchBucket', 'The specified bucket does not exist.', {
    ec: '0015-00000101',
    details: { BucketName: bucket },
  })
}

export function noSuchKey(key: string): OssError {
  return new OssError(404, 'NoSuchKey', 'The specified key does not exist.', {
    ec: '0026-00000001',
    details: { Key: key },
  })
}

export function noSuchUpload(uploadId: string, ec: string): OssError {
  return new OssError(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { ec, details: { UploadId: uploadId } },
  )
}

export function fileAlreadyExists(ec: string): OssError {
  return new OssError(
    409,
    'FileAlreadyExists',
    'The object you specified already exists and can not be overwritten.',
    { ec },
  )
}
