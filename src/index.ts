export type { AliOssCheckpoint } from './checkpoint/ali-oss-checkpoint.js'
export { createUploader } from './create-uploader.js'
export type { CredentialsReason } from './environment.js'
export {
  isOssUploadError,
  OssChecksumError,
  OssCredentialsError,
  OssFileError,
  OssNetworkError,
  OssProtocolError,
  OssServiceError,
  type OssServiceErrorDetails,
  OssStorageError,
  OssTimeoutError,
  OssUploadError,
  type OssUploadErrorCode,
  type OssUploadErrorDetails,
} from './errors.js'
export type { Addressing } from './protocol/address.js'
export type { UploadCallback } from './protocol/callback.js'
export type {
  CallbackAnswered,
  CallbackFailed,
  CallbackOutcome,
  CallbackUnknown,
} from './protocol/callback-outcome.js'
export type {
  Encryption,
  ObjectAcl,
  ObjectOptions,
  StorageClass,
} from './protocol/object-options.js'
export type { ReadableFileHandle } from './saved-source.js'
export type { SavedUpload } from './saved-uploads.js'
export type { Discover, DiscoveredUpload, DiscoverFunction, Verify } from './task/effect-context.js'
export type { UploadResult } from './task/upload-result.js'
export type { UploadState, UploadStatus } from './task/upload-state.js'
export type { UploadTask } from './task/upload-task.js'
export type { WaitReason } from './task/wait-reason.js'
export type { Uploader } from './uploader.js'
export type {
  Credentials,
  CredentialsFunction,
  UploaderOptions,
  UploadOptions,
} from './uploader-options.js'
