import type { CallbackSender } from '../callback/sender.js'
import type { CorsConfiguration } from '../cors.js'
import type { AccessKey, KeyRing } from '../keys.js'
import type { OssRequest } from '../oss-request.js'
import type { Reply } from '../reply.js'
import type { RequestBody } from '../request-body.js'
import type { Store } from '../store/store.js'

/** What the operations share; one for the server. */
export interface Services {
  bucket: string
  region: string
  keys: KeyRing
  store: Store
  callbacks: CallbackSender
  cors: { get(): CorsConfiguration; set(configuration: CorsConfiguration): void }
}

/** One request on its way through its operation. */
export interface Call {
  readonly services: Services
  readonly request: OssRequest
  /** Empty for operations on the bucket. */
  readonly key: string
  readonly caller: AccessKey | undefined
  readonly body: RequestBody
  /** Runs the step that stores something, alone for this key. */
  commit<T>(key: string, work: () => Promise<T>): Promise<T>
}

export type Operation = (call: Call) => Promise<Reply>
