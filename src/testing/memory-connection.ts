import type { Connection } from '../environment.js'

export interface MemoryConnection extends Connection {
  readonly goOffline: () => void
  readonly goOnline: () => void
}

/** A line that the test cuts and mends. */
export function createMemoryConnection(): MemoryConnection {
  const listeners = new Set<() => void>()
  let isOnline = true
  return {
    isOnline: () => isOnline,
    onOnline(callback) {
      listeners.add(callback)
      return () => listeners.delete(callback)
    },
    goOffline() {
      isOnline = false
    },
    goOnline() {
      isOnline = true
      for (const listener of [...listeners]) listener()
    },
  }
}
