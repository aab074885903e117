import AwsS3 from '@uppy/aws-s3'
import Uppy from '@uppy/core'
import { CREDENTIALS, type Run } from '../client.js'

/** Signs in the page with STS credentials, which spares it a request to a signing server for each part. */
export const run: Run = async (files, { endpoint, bucket, prefix, partSize, parallel }) => {
  const { accessKeyId, accessKeySecret: secretAccessKey, securityToken } = CREDENTIALS
  const credentials = { accessKeyId, secretAccessKey, sessionToken: securityToken }
  const uppy = new Uppy().use(AwsS3, {
    s3Endpoint: `${endpoint}/${bucket}`,
    getCredentials: () => ({ credentials, region: 'us-east-1' }),
    generateObjectKey: ({ name }) => prefix + name,
    ...(partSize && {
      getChunkSize: () => partSize,
      shouldUseMultipart: ({ size }) => (size ?? 0) > partSize,
    }),
    ...(parallel && { limit: parallel }),
  })
  uppy.addFiles(files.map((file) => ({ name: file.name, type: file.type, data: file })))
  const outcome = await uppy.upload()
  if (outcome?.successful?.length !== files.length) {
    throw new Error(outcome?.failed?.[0]?.error ?? 'Uppy did not upload every file.')
  }
}
