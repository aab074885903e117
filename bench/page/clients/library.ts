import { createUploader, type Uploader } from 'oss-direct-upload'
import { CREDENTIALS, type Job, type Run } from '../client.js'

let prepared: Uploader | undefined

/** A page makes its uploader before anyone chooses a file. */
export async function prepare(job: Job): Promise<void> {
  if (job.isNewLine) await forgetLines()
  prepared = uploaderFor(job)
}

export const run: Run = async (files, job) => {
  const uploader = prepared ?? uploaderFor(job)
  const tasks = files.map((file) => uploader.upload(file, { key: job.prefix + file.name }))
  const results = await Promise.all(tasks.map(({ done }) => done))
  const isVerified = results.every(({ verified }) => verified)
  if (isVerified !== (job.verify !== 'none')) throw new Error('An object was not verified.')
}

/** When it was paused and when it went on, in milliseconds since the epoch. */
export interface Pause {
  readonly pausedAt: number
  readonly resumedAt: number
}

/** Uploads a file with a pause after its first quarter. */
export async function pauseAndResume(file: File, job: Job, pauseMs: number): Promise<Pause> {
  const task = uploaderFor(job).upload(file, { key: job.prefix + file.name })
  const isQuarterSent = new Promise<void>((resolve) => {
    task.subscribe(({ loaded }) => loaded > file.size / 4 && resolve())
  })
  await Promise.race([isQuarterSent, task.done])
  const pausedAt = now()
  task.pause()
  await new Promise((resolve) => setTimeout(resolve, pauseMs))
  const resumedAt = now()
  task.resume()
  await task.done
  return { pausedAt, resumedAt }
}

function uploaderFor({
  prefix: _,
  partSize,
  parallel,
  verify,
  persist,
  isNewLine: __,
  ...address
}: Job): Uploader {
  return createUploader({
    ...address,
    addressing: 'path',
    credentials: async () => ({ ...CREDENTIALS, expiration: Date.now() + 3_600_000 }),
    ...(partSize && { partSize }),
    ...(parallel && { parallel }),
    ...(verify && { verify }),
    ...(persist !== undefined && { persist }),
  })
}

/** As on a first visit: how fast the line was is not known. */
function forgetLines(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('oss-direct-upload-lines')
    request.onsuccess = resolve
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('Another tab has the database open.'))
  })
}

function now(): number {
  return performance.timeOrigin + performance.now()
}
