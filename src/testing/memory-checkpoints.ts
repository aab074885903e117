import type { CheckpointStore } from '../environment.js'

/** What IndexedDB keeps, in memory: outlives the uploader that wrote it, as a reload does. */
export function createMemoryCheckpoints() {
  const saved = new Map<string, { record: unknown; batches: Map<number, readonly unknown[]> }>()
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
        saved.get(id)?.batches.set(batch, structuredClone(parts))
      }),
    remove: (id) =>
      attempt(() => {
        saved.delete(id)
      }),
  }

  function read(id: string) {
    const entry = saved.get(id)
    return entry && { id, record: entry.record, parts: [...entry.batches.values()].flat() }
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
