import type { Background, BasicEnvironment, CredentialsSource } from '../environment.js'
import { canOutlivePage } from './background/can-outlive-page.js'
import { backgroundCredentialsUrl } from './background/credentials-url.js'
import { browserConnection } from './connection.js'
import { credentialsEndpoint } from './credentials-endpoint.js'
import { createHasher } from './hashing/hasher.js'
import { createKyTransport } from './ky-transport.js'
import { createLineMemory } from './line-memory.js'
import { readAnything } from './read-anything.js'
import { createSmallSlices } from './small-slices.js'
import { systemClock } from './system-clock.js'
import { workerUrl } from './worker-urls.js'

export interface BrowserEnvironmentOptions {
  readonly credentials: string | CredentialsSource
  readonly createWorker?: (() => Worker) | undefined
  /** What an uploader in the background is to be made with; absent: uploads end with the page. */
  readonly backgroundSettings?: object | undefined
  /** From the file that uploads by parts load. */
  readonly createBackground: (settings: object, credentialsUrl: string) => Promise<Background>
}

/** The world as a page has it. @throws TypeError for credentials that no worker could get. */
export function browserEnvironment(options: BrowserEnvironmentOptions): BasicEnvironment {
  const { credentials, createWorker } = options
  const smallSlices = createSmallSlices()
  return {
    clock: systemClock,
    random: Math.random,
    connection: browserConnection,
    transport: createKyTransport(smallSlices),
    credentials: typeof credentials === 'string' ? credentialsEndpoint(credentials) : credentials,
    hasher: createHasher(smallSlices, createWorker),
    readAnything,
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
  const url = backgroundCredentialsUrl(credentials, { baseURI, origin })
  if (!canOutlivePage(globalThis, () => workerUrl('none'))) return undefined
  let created: Promise<Background> | undefined
  const background = () => {
    created ??= options.createBackground(backgroundSettings, url).catch((error) => {
      created = undefined
      throw error
    })
    return created
  }
  // At once: this page keeps a worker alive that others of its origin have started.
  background().catch(() => {})
  return {
    enlist(upload) {
      const enlisted = background().then(
        ({ enlist }) => enlist(upload),
        // Without it, the upload ends with its page.
        () => () => {},
      )
      return () => void enlisted.then((withdraw) => withdraw())
    },
  }
}
