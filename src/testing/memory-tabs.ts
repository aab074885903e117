import type { Locks, OpenChannel } from '../environment.js'

interface Waiting {
  readonly tab: object
  readonly grant: () => void
}

/** The locks and channels that the tabs of one browser share. A tab that dies lets go of everything without a word. */
export function createMemoryTabs() {
  const lines = new Map<string, Waiting[]>()
  const ends = new Map<string, Set<{ tab: object; hear: (message: unknown) => void }>>()

  function open() {
    const tab = {}
    let isDead = false

    function leave(name: string, place: Waiting): void {
      const line = lines.get(name) ?? []
      const wasFirst = line[0] === place
      const rest = line.filter((other) => other !== place)
      lines.set(name, rest)
      if (wasFirst) rest[0]?.grant()
    }

    function join(name: string, signal?: AbortSignal): Promise<() => void> {
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          leave(name, place)
          reject(signal?.reason)
        }
        const grant = () => {
          // What has been granted is not taken back.
          signal?.removeEventListener('abort', onAbort)
          resolve(() => leave(name, place))
        }
        const place: Waiting = { tab, grant }
        const line = [...(lines.get(name) ?? []), place]
        lines.set(name, line)
        signal?.addEventListener('abort', onAbort)
        if (line.length === 1) place.grant()
      })
    }

    const locks: Locks = {
      tryHold: async (name) => (lines.get(name)?.length ? undefined : join(name)),
      hold: join,
      isHeld: async (name) => Boolean(lines.get(name)?.length),
    }
    const openChannel: OpenChannel = (name, onMessage) => {
      const end = { tab, hear: onMessage }
      const all = ends.get(name) ?? new Set()
      ends.set(name, all.add(end))
      return {
        post(message) {
          if (isDead || !all.has(end)) return
          const copy = structuredClone(message)
          for (const other of all) {
            if (other !== end) queueMicrotask(() => all.has(other) && other.hear(copy))
          }
        },
        close: () => all.delete(end),
      }
    }

    return {
      locks,
      openChannel,
      die(): void {
        isDead = true
        for (const all of ends.values()) {
          for (const end of all) if (end.tab === tab) all.delete(end)
        }
        for (const [name, line] of lines) {
          for (const place of line) if (place.tab === tab) leave(name, place)
        }
      },
    }
  }

  return { open }
}
