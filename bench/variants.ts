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
