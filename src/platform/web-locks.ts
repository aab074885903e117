import type { LetGo, Locks } from '../environment.js'

/** Web Locks, shared by all tabs of the origin; on plain http there are none, and everyone holds everything. */
export const webLocks: Locks = {
  tryHold: (name) => request(name, { ifAvailable: true }),
  async hold(name, signal) {
    const letGo = await request(name, { signal })
    // Granted while it was taken back.
    if (signal.aborted) letGo?.()
    signal.throwIfAborted()
    return letGo ?? (() => {})
  },
  async isHeld(name) {
    if (!navigator.locks) return undefined
    const { held = [] } = await navigator.locks.query()
    return held.some((lock) => lock.name === name)
  },
}

function request(name: string, options: LockOptions): Promise<LetGo | undefined> {
  const { locks } = navigator
  if (!locks) return Promise.resolve(() => {})
  return new Promise((resolve, reject) => {
    locks
      .request(name, options, (lock) => {
        if (!lock) return resolve(undefined)
        return new Promise<void>((release) => resolve(release))
      })
      .catch(reject)
  })
}
