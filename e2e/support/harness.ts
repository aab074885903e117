import type { Page } from '@playwright/test'
import type { UploaderOptions, UploadOptions, UploadState, UploadTask } from 'oss-direct-upload'

declare global {
  interface Window {
    /** What `startTask` began last, and every state it was in. */
    task: UploadTask
    states: UploadState[]
  }
}

export interface Outcome {
  readonly result?: {
    readonly key: string
    readonly size: number
    readonly verified: boolean
    readonly etag: string
  }
  readonly error?: {
    readonly name: string
    readonly message: string
    readonly code?: string
    readonly status?: number
  }
}

export interface Upload {
  /** Bytes of the file. */
  readonly size: number
  readonly options?: Partial<Omit<UploaderOptions, 'createWorker'>>
  readonly upload?: Partial<Omit<UploadOptions, 'signal'>>
}

/**
 * Uploads from the harness page and says how it ended: zeros, or the file chosen there last. The key is `file.bin` in the
 * user's prefix unless given.
 */
export function uploadFrom(
  page: Page,
  upload: Upload,
  source: 'zeros' | 'chosen' = 'zeros',
): Promise<Outcome> {
  return page.evaluate(
    async ({ size, options, upload, source }) => {
      const config = await (await fetch('/api/oss/config')).json()
      try {
        const uploader = window.library.createUploader({
          ...config,
          credentials: '/api/oss/credentials',
          ...options,
        })
        const file = source === 'chosen' ? window.chosenFile() : new Blob([new Uint8Array(size)])
        const task = uploader.upload(file, { key: `${config.prefix}file.bin`, ...upload })
        const { key, verified, etag } = await task.done
        return { result: { key, size, verified, etag } }
      } catch (error) {
        const { name, message, code, status } = error as Error & { code?: string; status?: number }
        return {
          error: { name, message, ...(code ? { code } : {}), ...(status ? { status } : {}) },
        }
      }
    },
    { ...upload, source },
  )
}

/** Begins an upload of the file chosen last on the harness page and leaves it to the page as `window.task`. */
export function startTask(
  page: Page,
  options: Partial<Omit<UploaderOptions, 'createWorker'>>,
): Promise<void> {
  return page.evaluate(async (given) => {
    const config = await (await fetch('/api/oss/config')).json()
    const uploader = window.library.createUploader({
      ...config,
      credentials: '/api/oss/credentials',
      ...given,
    })
    const file = window.chosenFile()
    window.task = uploader.upload(file, { key: `${config.prefix}${file.name}` })
    window.states = []
    window.task.subscribe((state) => window.states.push(state))
  }, options)
}

/** How the task of the page ended. */
export function outcomeOfTask(page: Page): Promise<{ status: string; code?: string }> {
  return page.evaluate(async () => {
    const code: string | undefined = await window.task.done.then(
      () => undefined,
      (error) => error.code,
    )
    return { status: window.task.state.status, ...(code ? { code } : {}) }
  })
}
