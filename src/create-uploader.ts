import type { CredentialsSource } from './environment.js'
import { browserEnvironment } from './platform/browser-environment.js'
import { createUploaderIn, type Paces, type Uploader } from './uploader.js'
import { checkCredentials, type UploaderOptions } from './uploader-options.js'

/** The page's: its uploaders share the browser's connections to a host, whether or not they know of one another. */
const paces: Paces = new Map()

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
  })
  return createUploaderIn(environment, settings, paces)
}
