import type { CheckpointStore, StoredCheckpoint } from '../environment.js'

interface Saved {
  readonly record: unknown
  readonly batches: Map<number, readonly unknown[]>
  copy?: Blob
}

/** What IndexedDB keeps, in memory: outlives the uploader that wrote it, as a reload does. */
export function createMemoryCheckpoints() {
  const saved = new Map<string, Saved>()
  let failure: Error | undefined

  async function attempt<T>(action: () => T): Promise<T> {
    if (failure) throw failure
    return action()
  }

  const store: CheckpointStore = {
    load: (id) => attempt(() => read(id)),
    list: () => attempt(() => [...saved.keys()].map(read).filter((entry) => entry !== undefined)),
    save: (id, record) =>
      attempt(() => {
        saved.set(id, { record: structuredClone(record), batches: new Map() })
      }),
    addParts: (id, batch, parts) =>
      attempt(() => {
        const entry = saved.get(id)
        entry?.batches.set(batch, structuredClone(parts))
        return entry !== undefined
      }),
    saveCopy: (id, file) =>
      attempt(() => {
        const entry = saved.get(id)
        if (!entry) throw new Error(`There is no record of ${id} to copy a file for.`)
        entry.copy = file
      }),
    remove: (id) =>
      attempt(() => {
        saved.delete(id)
      }),
  }

  function read(id: string): StoredCheckpoint | undefined {
    const entry = saved.get(id)
    if (!entry) return undefined
    const { record, batches, copy } = entry
    return { id, record, parts: [...batches.values()].flat(), ...(copy ? { copy } : {}) }
  }

  return {
    store,
    saved,
    /** Every access fails from now on. */
    breakDown(error: Error): void {
      failure = error
    },
  }
}
