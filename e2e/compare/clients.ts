import type { Page } from '@playwright/test'

/** How the client said its upload ended. */
export interface Said {
  readonly isDone: boolean
  /** The error's name, code and message. */
  readonly words: string
}

/** What both clients are given. */
export interface Job {
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly key: string
  readonly partSize: number
  readonly parallel: number
}

declare global {
  interface Window {
    /** The test's app server. */
    readonly grantKey: () => Promise<{
      readonly accessKeyId: string
      readonly accessKeySecret: string
      readonly securityToken: string
      readonly expiration: string
    }>
    said: Promise<Said>
    pauseAndResume: () => void
  }
}

export interface Client {
  readonly name: string
  /** Begins to upload the file chosen in the page and leaves the outcome to `window.said`. */
  readonly begin: (page: Page, job: Job) => Promise<void>
}

const library: Client = {
  name: 'oss-direct-upload',
  begin: (page, job) =>
    page.evaluate(({ key, partSize, parallel, ...address }) => {
      const uploader = window.library.createUploader({
        ...address,
        partSize,
        parallel,
        multipartThreshold: 0,
        credentials: () => window.grantKey(),
      })
      const task = uploader.upload(window.chosenFile(), { key })
      window.pauseAndResume = () => {
        task.pause()
        task.resume()
      }
      window.said = task.done.then(
        ({ verified }) => ({ isDone: true, words: verified ? 'verified' : 'not verified' }),
        ({ name, code, message }) => ({ isDone: false, words: `${name} ${code}: ${message}` }),
      )
    }, job),
}

/** As its documentation shows it: V4 signatures, a token that is refreshed, a checkpoint to go on with after `cancel()`. */
const aliOss: Client = {
  name: 'ali-oss 6.23',
  begin: (page, job) =>
    page.evaluate(async ({ key, partSize, parallel, endpoint, bucket, region }) => {
      const stsKey = async () => {
        const { accessKeyId, accessKeySecret, securityToken } = await window.grantKey()
        return { accessKeyId, accessKeySecret, stsToken: securityToken }
      }
      const client = new window.OSS({
        endpoint,
        bucket,
        region: `oss-${region}`,
        authorizationV4: true,
        refreshSTSToken: stsKey,
        ...(await stsKey()),
      })
      const file = document.querySelector('input')?.files?.[0]
      if (!file) throw new Error('No file was chosen.')
      type Options = Parameters<typeof client.multipartUpload>[2]
      let checkpoint: Options['checkpoint']
      let isPaused = false
      const options: Options = {
        partSize,
        parallel,
        progress: (_fraction, reached) => {
          checkpoint = reached ?? checkpoint
        },
      }
      window.pauseAndResume = () => {
        isPaused = true
        client.cancel()
      }
      const upload = async () => {
        try {
          return await client.multipartUpload(key, file, options)
        } catch (error) {
          if (!isPaused) throw error
          return client.multipartUpload(key, file, { ...options, checkpoint })
        }
      }
      window.said = upload().then(
        () => ({ isDone: true, words: '' }),
        ({ name, code, message }) => ({
          isDone: false,
          words: `${name} ${code ?? ''}: ${String(message).split('\n')[0]}`,
        }),
      )
    }, job),
}

export const clients = { library, aliOss }
