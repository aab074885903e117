import { OssNetworkError, OssTimeoutError } from '../errors.js'

const LOADED_WITHIN_MS = 30_000

/**
 * Loads a file of this library once, for all who ask.
 *
 * @returns a function that throws OssNetworkError or OssTimeoutError while the file does not come; asked again, it tries again.
 */
export function createLoader<Code>(
  importCode: () => Promise<Code>,
  importUrl: (url: string) => Promise<Code> = importByUrl,
): () => Promise<Code> {
  let loading: Promise<Code> | undefined
  let failedUrl: string | undefined
  let tries = 1

  /** By another URL where the same fails again: some browsers never ask for one that has failed. */
  function importNext(): Promise<Code> {
    const url = failedUrl && `${failedUrl}?try=${++tries}`
    return url ? importCode().catch(() => importUrl(url)) : importCode()
  }

  async function load(): Promise<Code> {
    try {
      return await inTime(importNext())
    } catch (error) {
      loading = undefined
      if (error instanceof OssTimeoutError) throw error
      failedUrl ??= urlIn(error)
      throw notLoaded(error)
    }
  }

  return () => {
    loading ??= load()
    return loading
  }
}

/**
 * Firefox, and Chromium before it took up the change of the standard, remember a failed import by its URL for as long as the page
 * lives; both tell that URL. Safari asks again, and so does the loader of bundles that webpack made.
 *
 * @see https://github.com/whatwg/html/issues/6768
 */
function urlIn(error: unknown): string | undefined {
  const message = error instanceof TypeError ? error.message : ''
  return /dynamically imported module: ([^\s?#]+)$/.exec(message)?.[1]
}

function importByUrl<Code>(url: string): Promise<Code> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ url)
}

function inTime<Code>(code: Promise<Code>): Promise<Code> {
  let timer: ReturnType<typeof setTimeout>
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooLate()), LOADED_WITHIN_MS)
  })
  return Promise.race([code, late]).finally(() => clearTimeout(timer))
}

const WHAT = 'A file of oss-direct-upload itself, which uploads by parts need,'

function notLoaded(cause: unknown): OssNetworkError {
  return new OssNetworkError(
    `${WHAT} could not be loaded: check the network and script-src in the page's CSP; where the page was released anew, reload it.`,
    { code: 'network', retryable: true, cause },
  )
}

function tooLate(): OssTimeoutError {
  return new OssTimeoutError(
    `${WHAT} was not loaded within ${LOADED_WITHIN_MS / 1000} s; check the network.`,
    { code: 'timeout', retryable: true },
  )
}
