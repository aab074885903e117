import { createMultipartClient } from './client/multipart-client.js'
import type { OssClient } from './client/oss-client.js'
import type { Environment } from './environment.js'
import { createSavedUploads, type SavedUploadsContext } from './saved-uploads.js'
import { boundedCheckpoints } from './task/bounded-checkpoints.js'
import { createSharedUpload, type SharedUploadContext } from './task/shared-upload.js'

/** What an uploader needs once a file goes by parts: loaded then, where it is not there from the start. */
export function createMultipart(given: Environment, basicClient: OssClient) {
  const checkpoints = boundedCheckpoints(given.checkpoints, given.clock)
  const environment: Environment = { ...given, checkpoints }
  const client = createMultipartClient(basicClient)
  return {
    share: (context: SharedUploadContext) => createSharedUpload(context, environment, client),
    saved: (context: Omit<SavedUploadsContext, 'environment' | 'client'>) =>
      createSavedUploads({ ...context, environment, client }),
  }
}

export type Multipart = ReturnType<typeof createMultipart>
