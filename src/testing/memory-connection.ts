import type { Connection } from '../environment.js'

export interface MemoryConnection extends Connection {
  readonly goOffline: () => void
  readonly goOnline: () => void
  readonly setMetered: (isSo: boolean) => void
}

/** A line that the test cuts and mends. */
export function createMemoryConnection(): MemoryConnection {
  const listeners = new Set<() => void>()
  let isOnline = true
  let isMetered = false
  return {
    isOnline: () => isOnline,
    isMetered: () => isMetered,
    setMetered(isSo) {
      isMetered = isSo
    },
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
