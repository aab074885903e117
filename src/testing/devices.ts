import { createHash } from 'node:crypto'
import type { Environment } from '../environment.js'
import type { EngineOptions } from '../uploader.js'
import { createUploaderIn } from '../whole-uploader.js'
import { createMemoryCheckpoints } from './memory-checkpoints.js'
import { createMemoryEnvironment } from './memory-environment.js'
import { type Interference, reply } from './memory-oss.js'
import { createMemoryTabs } from './memory-tabs.js'
import { PART } from './small-uploader.js'

/** Six parts, the last one of 17 bytes. */
export const SIZE = 5 * PART + 17
export const DENIED = reply(403, '<Error><Code>AccessDenied</Code></Error>')

export const NEVER = new Promise<undefined>(() => {})

/** One OSS in memory, and devices that share nothing else. */
export function setUpDevices(interfere: Interference = () => undefined) {
  let isFirstDevice = false
  const { environment, clock, oss } = createMemoryEnvironment((record) => {
    const number = Number(/partNumber=(\d)/.exec(record.name)?.[1] ?? 0)
    return isFirstDevice ? (number >= 4 ? NEVER : undefined) : interfere(record)
  })

  /** A new page of that device, or of a new one. The page before died without a word, so its locks are free. */
  function device(
    options: Partial<EngineOptions> = {},
    checkpoints = createMemoryCheckpoints(),
    changes: Partial<Environment> = {},
  ) {
    const uploader = createUploaderIn(
      { ...environment, ...createMemoryTabs().open(), checkpoints: checkpoints.store, ...changes },
      {
        region: 'cn-hangzhou',
        bucket: 'bucket',
        partSize: PART,
        multipartThreshold: PART,
        ...options,
      },
    )
    return { uploader, checkpoints }
  }

  /** Uploads three parts of six from a device that is never seen again. @returns the upload ID */
  async function beginElsewhere(file: Blob = fileOf(SIZE), key = 'a.bin'): Promise<string> {
    isFirstDevice = true
    device().uploader.upload(file, { key, metadata: { who: 'first' } })
    await clock.advance(1000)
    isFirstDevice = false
    oss.requests.length = 0
    return [...oss.uploads.keys()].at(-1) ?? ''
  }

  const names = () => oss.requests.map(({ name }) => name)
  return {
    ...oss,
    hasher: environment.hasher,
    clock,
    device,
    beginElsewhere,
    names,
    sentParts: () => names().flatMap((name) => /^PUT \?partNumber=(\d+)$/.exec(name)?.[1] ?? []),
    storedBytes: (key = 'a.bin') => Buffer.from(oss.objects.get(key)?.bytes ?? []),
  }
}

export function fileOf(size: number, ...changes: readonly number[]): File {
  const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 31) % 251)
  for (const change of changes) bytes[change] = 255
  return new File([bytes], 'a.bin', { lastModified: 1 })
}

export async function bytesOf(file: Blob): Promise<Buffer> {
  return Buffer.from(await file.arrayBuffer())
}

/** What ali-oss would have kept of the first three parts of `fileOf(SIZE)`, done in some order. */
export async function aliOssCheckpoint(uploadId: string) {
  const bytes = await bytesOf(fileOf(SIZE))
  const doneParts = [3, 1, 2].map((number) => {
    const part = bytes.subarray((number - 1) * PART, number * PART)
    return { number, etag: `"${createHash('md5').update(part).digest('hex').toUpperCase()}"` }
  })
  return { file: {}, name: 'a.bin', fileSize: SIZE, partSize: PART, uploadId, doneParts }
}
