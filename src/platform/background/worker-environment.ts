import type { Environment } from '../../environment.js'
import { openBroadcastChannel } from '../broadcast-channel.js'
import { browserConnection } from '../connection.js'
import { credentialsEndpoint } from '../credentials-endpoint.js'
import { createInlineHasher } from '../hashing/inline-hasher.js'
import { createIndexedDbCheckpoints } from '../indexeddb-checkpoints.js'
import { createKyTransport } from '../ky-transport.js'
import { createLineMemory } from '../line-memory.js'
import { readAnything } from '../read-anything.js'
import { seesEdits } from '../sees-edits.js'
import { systemClock } from '../system-clock.js'
import { webLocks } from '../web-locks.js'

/**
 * The world as the worker that outlives the page has it.
 *
 * @param credentialsUrl - Absolute: a worker's base is its own file.
 */
export function workerEnvironment(credentialsUrl: string): Environment {
  return {
    clock: systemClock,
    random: Math.random,
    connection: browserConnection,
    transport: createKyTransport(),
    credentials: credentialsEndpoint(credentialsUrl),
    hasher: createInlineHasher(),
    readAnything,
    checkpoints: createIndexedDbCheckpoints(),
    locks: webLocks,
    openChannel: openBroadcastChannel,
    lineMemory: createLineMemory(),
    isBackground: true,
    seesEdits: seesEdits(),
  }
}
