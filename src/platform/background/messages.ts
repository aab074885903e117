import type { EnlistedUpload } from '../../environment.js'

/** Page -> worker. What became of an upload is told on the channel of its own, as among tabs. */
export type BackgroundMessage = Enlist | Withdraw

/** Be in line for this upload. */
export interface Enlist {
  readonly type: 'enlist'
  /** One page's name for it. */
  readonly enlistment: number
  /** What the page's uploader was made with, as plain data. */
  readonly settings: object
  /** Absolute. Credentials themselves never travel. */
  readonly credentialsUrl: string
  readonly upload: EnlistedUpload & { readonly file: Blob }
}

/** It has ended in the page: be in line no more. */
interface Withdraw {
  readonly type: 'withdraw'
  readonly enlistment: number
}

/** Pages and a worker of different releases may meet: those that speak otherwise do not hear one another. */
const VERSION = 1

export function sealBackgroundMessage(message: BackgroundMessage): unknown {
  return { version: VERSION, ...message }
}

export function readBackgroundMessage(data: unknown): BackgroundMessage | undefined {
  const message = data as (BackgroundMessage & { readonly version: number }) | undefined
  return message?.version === VERSION ? message : undefined
}

/** Of a lock that the worker holds while it lives, and of a channel on which it says that it has begun to. */
export const WORKER_NAME = 'oss-direct-upload background'

/** Functions, such as one that finds uploads of other devices, stay in the page: they end with it. */
export function plainSettings(settings: object): object {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => typeof value !== 'function'),
  )
}
