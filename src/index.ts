export type { AliOssCheckpoint } from './checkpoint/ali-oss-checkpoint.js'
export type { CredentialsReason } from './environment.js'
export {
  isOssUploadError,
  OssChecksumError,
  OssCredentialsError,
  OssFileError,
  OssNetworkError,
  OssProtocolError,
  OssServiceError,
  OssTimeoutError,
  OssUploadError,
  type OssUploadErrorCode,
  type OssUploadErrorDetails,
} from './errors.js'
export type { Addressing } from './protocol/address.js'
export type {
  Encryption,
  ObjectAcl,
  ObjectOptions,
  StorageClass,
} from './protocol/object-options.js'
export type { ReadableFileHandle, SavedUpload } from './saved-uploads.js'
export type { Discover, DiscoveredUpload, DiscoverFunction, Verify } from './task/effect-context.js'
export type { UploadState, UploadStatus } from './task/snapshot.js'
export type { UploadResult } from './task/state.js'
export type { UploadTask } from './task/upload-task.js'
export type { WaitReason } from './task/wait-reason.js'
export {
  type Credentials,
  type CredentialsFunction,
  createUploader,
  type Uploader,
  type UploaderOptions,
  type UploadOptions,
} from './uploader.js'
