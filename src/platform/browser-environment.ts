import type { Background, CredentialsSource, Environment } from '../environment.js'
import { backgroundCredentialsUrl } from './background/credentials-url.js'
import { createBackground } from './background/enlist.js'
import { openBroadcastChannel } from './broadcast-channel.js'
import { browserConnection } from './connection.js'
import { credentialsEndpoint } from './credentials-endpoint.js'
import { createHasher } from './hashing/hasher.js'
import { createIndexedDbCheckpoints } from './indexeddb-checkpoints.js'
import { createKyTransport } from './ky-transport.js'
import { createLineMemory } from './line-memory.js'
import { systemClock } from './system-clock.js'
import { webLocks } from './web-locks.js'

export interface BrowserEnvironmentOptions {
  readonly credentials: string | CredentialsSource
  readonly createWorker?: (() => Worker) | undefined
  /** What an uploader in the background is to be made with; absent: uploads end with the page. */
  readonly backgroundSettings?: object | undefined
}

/** The world as a page has it. @throws TypeError for credentials that no worker could get. */
export function browserEnvironment(options: BrowserEnvironmentOptions): Environment {
  const { credentials, createWorker } = options
  return {
    clock: systemClock,
    random: Math.random,
    connection: browserConnection,
    transport: createKyTransport(),
    credentials: typeof credentials === 'string' ? credentialsEndpoint(credentials) : credentials,
    hasher: createHasher(createWorker),
    checkpoints: createIndexedDbCheckpoints(),
    locks: webLocks,
    openChannel: openBroadcastChannel,
    lineMemory: createLineMemory(),
    isBackground: false,
    background: backgroundOf(options),
  }
}

function backgroundOf(options: BrowserEnvironmentOptions): Background | undefined {
  const { credentials, backgroundSettings } = options
  // A server that renders pages makes uploaders too, and has no page for a worker to outlive.
  if (!backgroundSettings || typeof document === 'undefined') return undefined
  const { baseURI } = document
  return createBackground(
    backgroundSettings,
    backgroundCredentialsUrl(credentials, { baseURI, origin }),
  )
}
