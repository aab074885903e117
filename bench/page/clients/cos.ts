import COS from 'cos-js-sdk-v5'
import { CREDENTIALS, type Run } from '../client.js'

export const run: Run = async (files, { endpoint, prefix, partSize, parallel }) => {
  const { accessKeyId, accessKeySecret, securityToken } = CREDENTIALS
  const { host, protocol } = new URL(endpoint)
  const cos = new COS({
    SecretId: accessKeyId,
    SecretKey: accessKeySecret,
    SecurityToken: securityToken,
    Domain: host,
    Protocol: protocol,
    ...(partSize && { ChunkSize: partSize }),
    ...(parallel && { ChunkParallelLimit: parallel }),
  })
  const target = { Bucket: 'bench-1250000000', Region: 'ap-guangzhou' }
  const { files: outcomes } = await cos.uploadFiles({
    files: files.map((file) => ({ ...target, Key: prefix + file.name, Body: file })),
  })
  const failed = outcomes.find(({ error }) => error)
  if (failed) throw new Error(`cos: ${failed.error?.message}`)
}
