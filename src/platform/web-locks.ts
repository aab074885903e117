import type { Locks } from '../environment.js'

/** Web Locks, shared by all tabs of the origin; on plain http there are none, and everyone holds everything. */
export const webLocks: Locks = {
  tryHold(name) {
    const { locks } = navigator
    if (!locks) return Promise.resolve(() => {})
    return new Promise((resolve, reject) => {
      locks
        .request(name, { ifAvailable: true }, (lock) => {
          if (!lock) return resolve(undefined)
          return new Promise<void>((release) => resolve(release))
        })
        .catch(reject)
    })
  },
}
