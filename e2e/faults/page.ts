import type { Page } from '@playwright/test'
import type { Uploader, UploadState, UploadTask } from 'oss-direct-upload'
import type { Row } from './row.js'

/** How an upload ended, as the page says. */
export interface Ending {
  readonly status: string
  readonly verified?: boolean
  readonly code?: string
  readonly message?: string
}

interface Running {
  readonly uploader: Uploader
  readonly prefix: string
  readonly task?: UploadTask
  readonly states?: UploadState[]
  readonly ending?: Promise<Ending>
}

declare global {
  interface Window {
    uploads: Map<string, Running>
  }
}

/** Requests an upload has under way at a time. */
export const PARALLEL = 2

/** Small parts, so that a row takes no longer than its trouble. */
const OPTIONS = { partSize: 102_400, multipartThreshold: 102_400, parallel: PARALLEL }

/** Next to no waits before another try, so that a dead line is given up within seconds; their length is chance to the engine. */
export function rollLow(): void {
  const { random } = Math
  Math.random = () => random() / 1000
}

/** The page's clock is advanced by hand; this timer of the platform would not hear of it. */
export function timeOutByTimers(): void {
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(new DOMException('Timed out.', 'TimeoutError')), ms)
    return controller.signal
  }
}

/** Makes an uploader. @param isWarm - It has credentials, and has read an answer of OSS. */
export async function makeUploader(page: Page, name: string, isWarm: boolean): Promise<void> {
  const settings = { name, isWarm, options: OPTIONS }
  await page.evaluate(async ({ name, isWarm, options }) => {
    const config = await (await fetch('/api/oss/config')).json()
    const credentials = `/api/oss/credentials?upload=${name}`
    const uploader = window.library.createUploader({ ...config, ...options, credentials })
    const prefix = `${config.prefix}${name}/`
    window.uploads ??= new Map()
    window.uploads.set(name, { uploader, prefix })
    if (isWarm) await uploader.upload(new Blob(['warm']), { key: `${prefix}warm` }).done
  }, settings)
}

/** Begins the upload of the file chosen last. */
export async function begin(page: Page, name: string, options?: Row['options']): Promise<void> {
  const settings = { name, options }
  await page.evaluate(({ name, options }) => {
    const upload = window.uploads.get(name)
    if (!upload) throw new Error(`There is no uploader ${name}.`)
    const key = `${upload.prefix}file.bin`
    const task = upload.uploader.upload(window.chosenFile(), { ...options, key })
    const states: UploadState[] = []
    task.subscribe((state) => states.push(state))
    const ending = task.done.then(
      ({ verified }) => ({ status: task.state.status, verified }),
      ({ code, message }) => ({
        status: task.state.status,
        ...(typeof code === 'string' ? { code } : {}),
        message: String(message),
      }),
    )
    window.uploads.set(name, { ...upload, task, states, ending })
  }, settings)
}

export function endingOf(page: Page, name: string): Promise<Ending | undefined> {
  return page.evaluate((name) => window.uploads.get(name)?.ending, name)
}

export function statesOf(page: Page, name: string): Promise<UploadState[]> {
  return page.evaluate((name) => window.uploads.get(name)?.states ?? [], name)
}

export function command(page: Page, name: string, word: 'pause' | 'cancel'): Promise<void> {
  return page.evaluate(({ name, word }) => void window.uploads.get(name)?.task?.[word](), {
    name,
    word,
  })
}
