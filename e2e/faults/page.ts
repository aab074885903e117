import type { Page } from '@playwright/test'

/** How an upload ended, as the page says. */
export interface Ending {
  readonly status: string
  readonly verified?: boolean
  readonly code?: string
  readonly message?: string
}

declare global {
  interface Window {
    ending: Promise<Ending>
  }
}

/** Small parts, so that a row takes no longer than its trouble. */
const OPTIONS = { partSize: 102_400, multipartThreshold: 102_400, parallel: 2 }

/** Short waits before another try; their length is chance to the engine. */
export function rollLow(): void {
  const { random } = Math
  Math.random = () => random() / 20
}

/** The page's clock is advanced by hand; this timer of the platform would not hear of it. */
export function timeOutByTimers(): void {
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(new DOMException('Timed out.', 'TimeoutError')), ms)
    return controller.signal
  }
}

/** Has the page ask for credentials and read an answer of OSS. */
export async function warmUp(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const config = await (await fetch('/api/oss/config')).json()
    const uploader = window.library.createUploader({
      ...config,
      credentials: '/api/oss/credentials',
    })
    Object.assign(window, { uploaderInUse: uploader })
    await uploader.upload(new Blob(['warm']), { key: `${config.prefix}warm` }).done
  })
}

/** Begins the upload of the file chosen last. */
export async function begin(page: Page): Promise<void> {
  await page.evaluate(async (options) => {
    const config = await (await fetch('/api/oss/config')).json()
    const uploader = window.library.createUploader({
      ...config,
      ...options,
      credentials: '/api/oss/credentials',
    })
    window.task = uploader.upload(window.chosenFile(), { key: `${config.prefix}file.bin` })
    window.states = []
    window.task.subscribe((state) => window.states.push(state))
    window.ending = window.task.done.then(
      ({ verified }) => ({ status: window.task.state.status, verified }),
      ({ code, message }) => ({
        status: window.task.state.status,
        ...(typeof code === 'string' ? { code } : {}),
        message: String(message),
      }),
    )
  }, OPTIONS)
}

export function endingOf(page: Page): Promise<Ending> {
  return page.evaluate(() => window.ending)
}

export function waitedFor(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    window.states.flatMap(({ waitingFor }) => (waitingFor ? [waitingFor] : [])),
  )
}
