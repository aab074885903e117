import type { OssClient } from './client/oss-client.js'
import type { BasicEnvironment } from './environment.js'
import { createMultipart } from './multipart.js'
import { openBroadcastChannel } from './platform/broadcast-channel.js'
import { createMd5 } from './platform/hashing/md5.js'
import { createIndexedDbCheckpoints } from './platform/indexeddb-checkpoints.js'
import { seesEdits } from './platform/sees-edits.js'
import { webLocks } from './platform/web-locks.js'
import type { UploaderOptions } from './uploader-options.js'

export { createBackground } from './platform/background/enlist.js'

/** What a page loads when its first file goes by parts, in one file: all of it is there before such an upload begins. */
export function createPageMultipart(
  environment: BasicEnvironment,
  client: OssClient,
  createWorker: UploaderOptions['createWorker'],
) {
  return createMultipart(
    {
      ...environment,
      hasher: { ...environment.hasher, md5: createMd5(createWorker) },
      checkpoints: createIndexedDbCheckpoints(),
      locks: webLocks,
      openChannel: openBroadcastChannel,
      seesEdits: seesEdits(),
    },
    client,
  )
}
