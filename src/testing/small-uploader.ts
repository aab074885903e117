import { OssNetworkError } from '../errors.js'
import type { EngineOptions } from '../uploader.js'
import { createUploaderIn } from '../whole-uploader.js'
import { createMemoryEnvironment } from './memory-environment.js'
import type { Interference } from './memory-oss.js'

/** The smallest part OSS takes: files of a few of them make whole multipart uploads. */
export const PART = 102_400

/** An uploader of small parts in an environment in memory. */
export function setUp(interfere?: Interference, options: Partial<EngineOptions> = {}) {
  const world = createMemoryEnvironment(interfere)
  const uploader = createUploaderIn(world.environment, {
    region: 'cn-hangzhou',
    bucket: 'bucket',
    partSize: PART,
    multipartThreshold: PART,
    ...options,
  })
  return { ...world, uploader }
}

export function fileOf(size: number): Blob {
  return new Blob([Uint8Array.from({ length: size }, (_, i) => (i * 31) % 251)])
}

export function networkError() {
  return new OssNetworkError('no line', { code: 'network', retryable: true })
}
