import { OssNetworkError } from '../errors.js'

/**
 * Loads a file of this library once, for all who ask.
 *
 * @returns a function that throws OssNetworkError when the file did not come; asked again, it tries again.
 */
export function createLoader<Code>(importCode: () => Promise<Code>): () => Promise<Code> {
  let loading: Promise<Code> | undefined
  return () => {
    loading ??= importCode().catch((cause) => {
      loading = undefined
      throw notLoaded(cause)
    })
    return loading
  }
}

function notLoaded(cause: unknown): OssNetworkError {
  return new OssNetworkError(
    'A file of oss-direct-upload itself could not be loaded: check the network; if the page was released anew meanwhile, reload it.',
    { code: 'network', retryable: true, cause },
  )
}
