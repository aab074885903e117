import { createStore, get, set, type UseStore } from 'idb-keyval'
import type { LineMemory } from '../environment.js'

/** In a database of its own: it is no upload's, and outlives them. */
export function createLineMemory(): LineMemory {
  let opened: UseStore | undefined
  // Opened at first use: importing touches no storage.
  const store = () => {
    opened ??= createStore('oss-direct-upload-lines', 'lines')
    return opened
  }
  return {
    load: async (origin) => get(origin, store()),
    save: async (origin, line) => set(origin, line, store()),
  }
}
