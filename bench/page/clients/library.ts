import { createUploader } from 'oss-direct-upload'
import { CREDENTIALS, type Run } from '../client.js'

export const run: Run = async (
  files,
  { prefix, partSize, parallel, verify, persist, ...address },
) => {
  const uploader = createUploader({
    ...address,
    addressing: 'path',
    credentials: async () => ({ ...CREDENTIALS, expiration: Date.now() + 3_600_000 }),
    ...(partSize && { partSize }),
    ...(parallel && { parallel }),
    ...(verify && { verify }),
    ...(persist !== undefined && { persist }),
  })
  const tasks = files.map((file) => uploader.upload(file, { key: prefix + file.name }))
  const results = await Promise.all(tasks.map(({ done }) => done))
  const isVerified = results.every(({ verified }) => verified)
  if (isVerified !== (verify !== 'none')) throw new Error('An object was not verified.')
}
