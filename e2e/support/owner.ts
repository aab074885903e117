import OSS from 'ali-oss'
import type { OssServer } from '../../demo/oss-server/server.js'
import { loopbackAgent } from '../../demo/oss-server/testing/loopback-agent.js'
import { BUCKET, KEY, REGION } from './servers.js'

/** Aborts an upload behind the page's back, as the bucket's owner or a lifecycle rule does. */
export async function abortAsOwner(oss: OssServer, key: string, uploadId: string): Promise<void> {
  const options = {
    ...KEY,
    region: `oss-${REGION}`,
    endpoint: oss.endpoint,
    bucket: BUCKET,
    authorizationV4: true,
    agent: loopbackAgent(),
  }
  await new OSS(options).abortMultipartUpload(key, uploadId)
}
