import type { Run } from '../client.js'

const MIB = 1024 * 1024

/**
 * The floor: XMLHttpRequests that PUT slices of the file, a fixed number at a time. Nothing is signed, hashed, tried again or
 * reported.
 */
export const run: Run = async (
  files,
  { endpoint, bucket, prefix, partSize = 16 * MIB, parallel = 4 },
) => {
  const parts = slices(files, partSize)
  const lanes = Array.from({ length: parallel }, async () => {
    for (const { file, number, start } of parts) {
      const body = file.slice(start, start + partSize)
      await put(`${endpoint}/${bucket}/${prefix}${file.name}?part=${number}`, body)
    }
  })
  await Promise.all(lanes)
}

function* slices(files: readonly File[], partSize: number) {
  for (const file of files) {
    for (let start = 0, number = 1; start < file.size; start += partSize, number++) {
      yield { file, number, start }
    }
  }
}

function put(url: string, body: Blob): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', url)
    request.onload = () =>
      request.status === 200 ? resolve() : reject(new Error(`${request.status}`))
    request.onerror = () => reject(new Error('No answer.'))
    request.send(body)
  })
}
