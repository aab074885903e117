import type { Job } from './page/client.js'
import type { ClientName } from './page/page.js'

const MIB = 1024 * 1024

export type Settings = Omit<Job, 'endpoint' | 'bucket' | 'region' | 'prefix'>

/** A client with its settings. */
export interface Variant {
  readonly name: string
  readonly client: ClientName
  readonly settings: Settings
}

const TUNED = { partSize: 16 * MIB, parallel: 4 }

/** What all ratios are to. */
export const FLOOR: Variant = { name: 'bare', client: 'bare', settings: TUNED }
/** The same once more: what it differs by is the noise. */
export const CONTROL: Variant = { ...FLOOR, name: 'bare again' }

export const OURS: Variant = { name: 'ours', client: 'library', settings: {} }

export const OTHERS: readonly Variant[] = [
  { name: 'bare 64 MiB x 6', client: 'bare', settings: { partSize: 64 * MIB, parallel: 6 } },
  { name: 'bare whole', client: 'bare', settings: { partSize: 5 * 1024 * MIB, parallel: 1 } },
  { name: 'ours, verify none', client: 'library', settings: { verify: 'none' } },
  { name: 'ours, crc64+md5', client: 'library', settings: { verify: 'crc64+md5' } },
  { name: 'ali-oss', client: 'ali-oss', settings: {} },
  { name: 'ali-oss tuned', client: 'ali-oss', settings: TUNED },
  { name: 'uppy', client: 'uppy', settings: {} },
  { name: 'uppy tuned', client: 'uppy', settings: TUNED },
  { name: 'cos', client: 'cos', settings: {} },
  { name: 'cos tuned', client: 'cos', settings: TUNED },
]
