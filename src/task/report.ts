import {
  OssChecksumError,
  OssCredentialsError,
  OssFileError,
  OssNetworkError,
  OssProtocolError,
  OssServiceError,
  OssTimeoutError,
  OssUploadError,
  type OssUploadErrorDetails,
} from '../errors.js'
import type { UploadResult } from './upload-result.js'
import type { UploadState } from './upload-state.js'

/** What a holder tells its mirrors: its state as plain data. */
export interface Report extends Omit<UploadState, 'error'> {
  readonly error?: ErrorReport | undefined
  readonly result?: UploadResult | undefined
}

/** An error as data. Its cause and its stack stay in their tab. */
interface ErrorReport extends Omit<OssUploadErrorDetails, 'cause' | 'code'> {
  readonly name: string
  readonly message: string
  readonly code?: OssUploadErrorDetails['code'] | undefined
  readonly ossCode?: string | undefined
}

export function reportOf(
  { error, ...state }: UploadState,
  runsIn: Report['runsIn'],
  result: UploadResult | undefined,
): Report {
  return { ...state, runsIn, error: error && reportOfError(error), result }
}

function reportOfError(error: Error): ErrorReport {
  const { name, message } = error
  if (!(error instanceof OssUploadError)) return { name, message, retryable: false }
  const { code, retryable, status, requestId, ec, retryAfterMs } = error
  const ossCode = error instanceof OssServiceError ? error.ossCode : undefined
  return { name, message, code, retryable, status, requestId, ec, retryAfterMs, ossCode }
}

const CLASSES = {
  OssChecksumError,
  OssCredentialsError,
  OssFileError,
  OssNetworkError,
  OssProtocolError,
  OssTimeoutError,
}

/** The error again, of its own class. */
export function errorOfReport({ name, message, code, ossCode, ...details }: ErrorReport): Error {
  if (code === undefined) return Object.assign(new Error(message), { name })
  if (name === 'OssServiceError') {
    return new OssServiceError(message, { ...details, code, ossCode: ossCode ?? '' })
  }
  const Class = CLASSES[name as keyof typeof CLASSES] ?? OssProtocolError
  return new Class(message, { ...details, code })
}
