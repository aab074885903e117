import { createHash } from 'node:crypto'
import type { Environment, Hasher } from '../environment.js'
import { unreadableFile } from '../errors.js'
import { updateCrc64 } from '../protocol/crc64.js'
import { createManualClock } from './manual-clock.js'
import { createMemoryCheckpoints } from './memory-checkpoints.js'
import { createMemoryConnection } from './memory-connection.js'
import { createMemoryOss, type Interference } from './memory-oss.js'
import { createMemoryTabs } from './memory-tabs.js'

/** An environment in which time, chance and OSS are the test's. */
export function createMemoryEnvironment(interfere?: Interference) {
  const clock = createManualClock()
  const connection = createMemoryConnection()
  const oss = createMemoryOss(interfere)
  const checkpoints = createMemoryCheckpoints()
  const tabs = createMemoryTabs()
  const { locks, openChannel } = tabs.open()
  const environment: Environment = {
    clock,
    random: () => 0.5,
    connection,
    transport: oss.transport,
    hasher: memoryHasher,
    readAnything: async () => {},
    checkpoints: checkpoints.store,
    locks,
    openChannel,
    isBackground: false,
    seesEdits: true,
    credentials: async ({ onServerTime }) => {
      onServerTime?.(clock.now())
      return {
        accessKeyId: 'STS.id',
        accessKeySecret: 'secret',
        securityToken: 'token',
        expiration: clock.now() + 3_600_000,
      }
    },
  }
  return { environment, clock, connection, oss, checkpoints, tabs }
}

const memoryHasher: Hasher = {
  crc64: async (slice) => updateCrc64(0n, await readExactly(slice)),
  md5: async (slice) =>
    createHash('md5')
      .update(await readExactly(slice))
      .digest('base64'),
}

async function readExactly(slice: Blob): Promise<Uint8Array> {
  const bytes = new Uint8Array(await slice.arrayBuffer())
  if (bytes.length !== slice.size) throw unreadableFile('another length')
  return bytes
}
