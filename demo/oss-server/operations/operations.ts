import { deleteBucketCors, getBucketCors, putBucketCors } from './bucket-cors.js'
import type { Operation } from './call.js'
import { completeMultipartUpload } from './complete-upload.js'
import { copyObject } from './copy-object.js'
import { deleteObject } from './delete-object.js'
import { listMultipartUploads, listParts } from './listing.js'
import {
  abortMultipartUpload,
  initiateMultipartUpload,
  uploadPart,
  uploadPartCopy,
} from './multipart-upload.js'
import { postObject } from './post-object.js'
import { putObject } from './put-object.js'
import { getObject, getObjectMeta, headObject } from './read-object.js'
import type { OperationName } from './route.js'

export const operations: Record<OperationName, Operation> = {
  InitiateMultipartUpload: initiateMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  ListParts: listParts,
  ListMultipartUploads: listMultipartUploads,
  PutObject: putObject,
  PostObject: postObject,
  HeadObject: headObject,
  GetObjectMeta: getObjectMeta,
  GetObject: getObject,
  DeleteObject: deleteObject,
  CopyObject: copyObject,
  PutBucketCors: putBucketCors,
  GetBucketCors: getBucketCors,
  DeleteBucketCors: deleteBucketCors,
}
