import type { Run } from '../client.js'
import { inLanes } from '../lanes.js'

const MIB = 1024 * 1024

/**
 * The floor: XMLHttpRequests that PUT slices of the files, a fixed number at a time. Nothing is signed, hashed, tried again or
 * reported.
 */
export const run: Run = async (files, job) => {
  const { endpoint, bucket, prefix, partSize = 16 * MIB, parallel = 4 } = job
  await inLanes(partsOf(files, partSize), parallel, ({ file, start }) => {
    const url = `${endpoint}/${bucket}/${prefix}${file.name}?start=${start}`
    return put(url, file.slice(start, start + partSize))
  })
}

function* partsOf(files: readonly File[], partSize: number) {
  for (const file of files) {
    for (let start = 0; start < file.size; start += partSize) yield { file, start }
  }
}

function put(url: string, body: Blob): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', url)
    request.onload = () =>
      request.status === 200 ? resolve() : reject(new Error(`Answered ${request.status}.`))
    request.onerror = () => reject(new Error('There was no answer.'))
    request.send(body)
  })
}
