import type { CredentialsSource, Environment } from '../environment.js'
import { openBroadcastChannel } from './broadcast-channel.js'
import { credentialsEndpoint } from './credentials-endpoint.js'
import { createHasher } from './hashing/hasher.js'
import { createIndexedDbCheckpoints } from './indexeddb-checkpoints.js'
import { createKyTransport } from './ky-transport.js'
import { systemClock } from './system-clock.js'
import { webLocks } from './web-locks.js'

export interface BrowserEnvironmentOptions {
  readonly credentials: string | CredentialsSource
  readonly createWorker?: (() => Worker) | undefined
}

/** The world as a page has it. */
export function browserEnvironment(options: BrowserEnvironmentOptions): Environment {
  const { credentials, createWorker } = options
  return {
    clock: systemClock,
    random: Math.random,
    transport: createKyTransport(),
    credentials: typeof credentials === 'string' ? credentialsEndpoint(credentials) : credentials,
    hasher: createHasher(createWorker),
    checkpoints: createIndexedDbCheckpoints(),
    locks: webLocks,
    openChannel: openBroadcastChannel,
    isBackground: false,
  }
}
