import type { Environment } from './environment.js'
import { createMultipart } from './multipart.js'
import { createEngine, type EngineOptions, type Uploader } from './uploader.js'

/** An uploader in any environment that loads nothing later: the one that outlives its page, and what tests run without a browser. */
export function createUploaderIn(environment: Environment, options: EngineOptions): Uploader {
  return createWholeEngine(environment, options).uploader
}

/** The uploader, and the way in for those who go on with an upload. */
export function createWholeEngine(environment: Environment, options: EngineOptions) {
  return createEngine(environment, options, async (_basic, client) =>
    createMultipart(environment, client),
  )
}
