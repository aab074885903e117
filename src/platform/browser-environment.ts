import type { CredentialsSource, Environment } from '../environment.js'
import { credentialsEndpoint } from './credentials-endpoint.js'
import { createHasher } from './hashing/hasher.js'
import { createKyTransport } from './ky-transport.js'
import { systemClock } from './system-clock.js'

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
  }
}
