import type { CheckpointStore } from '../environment.js'
import type { createMemoryCheckpoints } from '../testing/memory-checkpoints.js'
import { SECRETS } from './issuer.js'
import type { Life } from './life.js'
import type { StoreTrouble } from './trouble.js'
import type { World } from './world.js'

export type Disk = ReturnType<typeof createMemoryCheckpoints>

/** The browser's one database, as a tab reaches it. */
export function createStorage(world: World, life: Life, disk: Disk): CheckpointStore {
  const { chance, witness, trouble, log } = world
  const { store } = disk

  function drawTrouble(isWriting: boolean): StoreTrouble | undefined {
    if (world.isHealed) return undefined
    for (const [kind, rate] of trouble.store) {
      if (kind === 'full' && !isWriting) continue
      if (chance.store.happens(rate * 3)) return kind
    }
    return undefined
  }

  /** What is written is written, even where the tab does not live to hear it. */
  function call<T>(name: string, id: string, isWriting: boolean, action: () => Promise<T>) {
    const kind = drawTrouble(isWriting)
    if (kind) {
      witness.metStoreTrouble(kind)
      log(() => `  store ${kind}: ${name} ${id}`)
    } else log(() => `${life.name}: store ${name} ${id}`)
    if (kind === 'loses a record') disk.saved.delete(id)
    if (kind === 'damages a record') damage(disk, id)
    const isRefused = kind === 'fails' || kind === 'full'
    const result = isRefused ? Promise.reject(new Error(`The store ${kind}.`)) : action()
    result.catch(() => {})
    if (kind === 'hangs') return new Promise<T>(() => {})
    return life.wait(chance.store.between(0, 5)).then(() => result)
  }

  function withoutSecrets(what: unknown): void {
    if (SECRETS.test(JSON.stringify(what))) witness.problem('A secret is stored.')
  }

  return {
    load: (id) => call('load', id, false, () => store.load(id)),
    list: () => call('list', '', false, () => store.list()),
    save(id, record) {
      withoutSecrets(record)
      return call('save', id, true, () => store.save(id, record))
    },
    addParts(id, batch, parts) {
      withoutSecrets(parts)
      return call('addParts', id, true, () => store.addParts(id, batch, parts))
    },
    saveCopy: (id, file) => call('saveCopy', id, true, () => store.saveCopy(id, file)),
    remove: (id) => call('remove', id, false, () => store.remove(id)),
  }
}

function damage(disk: Disk, id: string): void {
  const entry = disk.saved.get(id)
  if (!entry || typeof entry.record !== 'object') return
  disk.saved.set(id, { ...entry, record: { ...entry.record, uploadId: 'u0' } })
}
