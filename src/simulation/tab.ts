import type { Background, Environment, Locks, OpenChannel } from '../environment.js'
import { createMemoryConnection } from '../testing/memory-connection.js'
import type { createMemoryTabs } from '../testing/memory-tabs.js'
import type { EngineOptions } from '../uploader.js'
import { createWholeEngine } from '../whole-uploader.js'
import { createAppServer } from './app-server.js'
import { SECRETS } from './issuer.js'
import { createLife, type Life } from './life.js'
import { createNetwork } from './network.js'
import { simulatedHasher } from './simulated-file.js'
import { createStorage, type Disk } from './storage.js'
import type { World } from './world.js'

/** What the tabs of one browser share. */
export interface Browser {
  readonly world: World
  readonly disk: Disk
  readonly tabs: ReturnType<typeof createMemoryTabs>
  readonly options: Partial<EngineOptions> & { readonly parallel: number }
  /** The worker that outlives its pages, where the application wants one. */
  readonly background?: ((life: Life) => Background) | undefined
}

export interface Tab {
  readonly life: Life
  readonly options: Browser['options']
  readonly engine: ReturnType<typeof createWholeEngine>
  readonly die: () => void
}

/** Opens a page, or the background worker: the real engine in a simulated world. */
export function openTab(browser: Browser, name: string, isBackground = false): Tab {
  const { world, disk, tabs, options } = browser
  const { chance, trouble } = world
  const life = createLife(world, name)
  const room = tabs.open()
  const { hashMs } = trouble
  const environment: Environment = {
    clock: life.clock,
    random: chance.engine.roll,
    connection: createMemoryConnection(),
    transport: createNetwork(world, life, options.parallel),
    credentials: createAppServer(world, life),
    hasher: simulatedHasher(() =>
      hashMs && !world.isHealed ? life.wait(chance.engine.below(hashMs)) : undefined,
    ),
    readAnything: async () => {},
    checkpoints: createStorage(world, life, disk),
    locks: trouble.hasLocks ? room.locks : NO_LOCKS,
    openChannel: watched(world, room.openChannel),
    isBackground,
    seesEdits: trouble.seesEdits,
    background: isBackground ? undefined : browser.background?.(life),
  }
  world.log(() => `${name} opens`)
  return {
    life,
    options,
    engine: createWholeEngine(environment, { region: 'cn-hangzhou', bucket: 'bucket', ...options }),
    die() {
      life.die()
      room.die()
    },
  }
}

/** Plain http pages have none: everyone holds everything. */
const NO_LOCKS: Locks = {
  tryHold: async () => () => {},
  hold: async () => () => {},
  isHeld: async () => false,
}

function watched({ witness }: World, open: OpenChannel): OpenChannel {
  return (name, onMessage) => {
    const channel = open(name, onMessage)
    return {
      close: channel.close,
      post(message) {
        if (SECRETS.test(JSON.stringify(message))) witness.problem('A secret is on a channel.')
        channel.post(message)
      },
    }
  }
}
