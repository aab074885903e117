import type { Job } from './page/client.js'
import type { ClientName } from './page/page.js'

export const MIB = 1024 * 1024
export const GIB = 1024 * MIB

export type Settings = Omit<Job, 'endpoint' | 'bucket' | 'region' | 'prefix'>

/** A client with its settings. */
export interface Variant {
  readonly name: string
  readonly client: ClientName
  readonly settings: Settings
}

/** What all ratios are to, and the same once more: what that differs by is the noise. */
export const FLOOR = 'bare'
export const CONTROL = 'bare again'

/** The floor first, the control last. */
export function besidesTheFloor(settings: Settings, others: readonly Variant[]): Variant[] {
  return [
    { name: FLOOR, client: 'bare', settings },
    ...others,
    { name: CONTROL, client: 'bare', settings },
  ]
}

/** With every default. */
export const OURS = 'ours'

export function ours(settings: Settings = {}, name = OURS): Variant {
  return { name, client: 'library', settings }
}

const TUNED = { partSize: 16 * MIB, parallel: 4 }

export const ONE_FILE: readonly Variant[] = besidesTheFloor(TUNED, [
  { name: 'bare 64 MiB x 6', client: 'bare', settings: { partSize: 64 * MIB, parallel: 6 } },
  { name: 'bare whole', client: 'bare', settings: { partSize: 5 * GIB, parallel: 1 } },
  ours(),
  ours({ isNewLine: true }, 'ours (first visit)'),
  ours({ verify: 'none' }, 'ours (none)'),
  ours({ verify: 'crc64+md5' }, 'ours (crc64+md5)'),
  { name: 'ali-oss', client: 'ali-oss', settings: {} },
  { name: 'ali-oss tuned', client: 'ali-oss', settings: TUNED },
  { name: 'uppy', client: 'uppy', settings: {} },
  { name: 'uppy tuned', client: 'uppy', settings: TUNED },
  { name: 'cos', client: 'cos', settings: {} },
  { name: 'cos tuned', client: 'cos', settings: TUNED },
])

/** A small file is one part. */
export const SMALL_FILES: readonly Variant[] = besidesTheFloor({ parallel: 6 }, [
  ours(),
  ours({ verify: 'none' }, 'ours (none)'),
  { name: 'ali-oss', client: 'ali-oss', settings: {} },
  { name: 'uppy', client: 'uppy', settings: {} },
  { name: 'cos', client: 'cos', settings: {} },
])

/** OSS's smallest. Uppy's is 5 MiB and cos-js's 1 MiB, so they cannot send as many. */
export const SMALLEST_PART = 100 * 1024

const MANY = { partSize: SMALLEST_PART, parallel: 5 }

export const WITHOUT_RECORD = 'ours (no record)'

export const MANY_PARTS: readonly Variant[] = besidesTheFloor(MANY, [
  ours(MANY),
  ours({ ...MANY, persist: false }, WITHOUT_RECORD),
  ours({ ...MANY, verify: 'none' }, 'ours (none)'),
  { name: 'ali-oss', client: 'ali-oss', settings: MANY },
])
