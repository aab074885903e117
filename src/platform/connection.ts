import type { Connection } from '../environment.js'

/** A SharedWorker of Chromium sees `onLine` change, and hears no event: so it is looked at as well. */
const LOOK_EVERY_MS = 5_000

/** The line as pages and workers know it; whoever cannot tell counts as online, and so does a server that renders pages. */
export const browserConnection: Connection = {
  isOnline,
  isMetered,
  onOnline(callback) {
    let wasOnline = isOnline()
    const look = () => {
      const isBack = !wasOnline && isOnline()
      wasOnline = isOnline()
      if (isBack) callback()
    }
    const timer = setInterval(look, LOOK_EVERY_MS)
    globalThis.addEventListener('online', callback)
    return () => {
      clearInterval(timer)
      globalThis.removeEventListener('online', callback)
    }
  },
}

function isOnline(): boolean {
  return globalThis.navigator?.onLine !== false
}

/** Chromium alone tells; elsewhere no line is known to be metered. */
function isMetered(): boolean {
  const { connection } = (globalThis.navigator ?? {}) as {
    connection?: { saveData?: boolean; type?: string }
  }
  return connection?.saveData === true || connection?.type === 'cellular'
}
