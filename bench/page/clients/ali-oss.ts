import OSS from 'ali-oss'
import { CREDENTIALS, type Run } from '../client.js'
import { inLanes } from '../lanes.js'

/** As many files at a time as it sends parts by default; it has no queue of its own. */
const FILES = 5

/** V4 signatures, which new buckets demand. */
export const run: Run = async (files, { endpoint, bucket, region, prefix, partSize, parallel }) => {
  const { securityToken, ...keys } = CREDENTIALS
  const client = new OSS({
    endpoint,
    bucket,
    region: `oss-${region}`,
    ...keys,
    stsToken: securityToken,
    authorizationV4: true,
  })
  const options = { ...(partSize && { partSize }), ...(parallel && { parallel }) }
  await inLanes(files, FILES, (file) => client.multipartUpload(prefix + file.name, file, options))
}
