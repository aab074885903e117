import type { CredentialsSource } from './environment.js'
import { browserEnvironment } from './platform/browser-environment.js'
import { createLoader } from './platform/load-code.js'
import { createEngine, createPage, type LoadMultipart, type Uploader } from './uploader.js'
import { checkCredentials, type UploaderOptions } from './uploader-options.js'

/** One file for all that small files do not take. */
const load = /* @__PURE__ */ createLoader(() => import('./page-multipart.js'))

/** The page's: its uploaders share the browser's connections to a host, whether or not they know of one another. */
const page = /* @__PURE__ */ createPage()

/**
 * Makes an uploader for one bucket.
 *
 * @throws TypeError or RangeError naming a wrong option and its cure.
 */
export function createUploader(options: UploaderOptions): Uploader {
  checkCredentials(options?.credentials)
  const { credentials, createWorker, background, ...settings } = options
  const environment = browserEnvironment({
    credentials: credentials as string | CredentialsSource,
    createWorker,
    backgroundSettings: background ? settings : undefined,
    createBackground: async (...args) => (await load()).createBackground(...args),
  })
  const loadMultipart: LoadMultipart = async (environment, client, what) => {
    const code = load()
    // Neither round trip waits for the other.
    if (what === 'upload') client.getReady()
    return (await code).createPageMultipart(environment, client, createWorker)
  }
  return createEngine(environment, settings, loadMultipart, page).uploader
}
