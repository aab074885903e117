import type { OssClient } from './client/oss-client.js'
import type { Environment } from './environment.js'
import { createMultipart } from './multipart.js'
import { createEngine, type EngineOptions, type Page, type Uploader } from './uploader.js'

/** An uploader in any environment that loads nothing later: the one that outlives its page, and what tests run without a browser. */
export function createUploaderIn(environment: Environment, options: EngineOptions): Uploader {
  return createWholeEngine(environment, options).uploader
}

/** The uploader, and the way in for those who go on with an upload. */
export function createWholeEngine(environment: Environment, options: EngineOptions, page?: Page) {
  const load = async (_basic: unknown, client: OssClient) => createMultipart(environment, client)
  return createEngine(environment, options, load, page)
}
