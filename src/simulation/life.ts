import type { Clock } from '../environment.js'
import type { Trouble } from './trouble.js'
import type { WorldClock } from './world-clock.js'

/** What a tab's life needs of its world. */
interface Around {
  readonly clock: WorldClock
  readonly trouble: Pick<Trouble, 'skewMs'>
  readonly log: (text: () => string) => void
}

/** A tab's life: it may be frozen, its clock may be set, and it dies without a word. */
export interface Life {
  readonly name: string
  /** As this tab's device has it, wrong as it may be. */
  readonly clock: Clock
  readonly isDead: () => boolean
  /** Never comes back in a tab that has died. */
  readonly wait: (ms: number) => Promise<void>
  readonly die: () => void
  readonly freeze: (ms: number) => void
  readonly setClock: (byMs: number) => void
}

export function createLife({ clock, trouble, log }: Around, name: string): Life {
  let isDead = false
  let frozenUntilMs = 0
  let skewMs = trouble.skewMs

  function after(ms: number, callback: () => void): () => void {
    let cancel = clock.after(ms, run)
    function run(): void {
      if (isDead) return
      if (clock.now() < frozenUntilMs) cancel = clock.after(frozenUntilMs - clock.now(), run)
      else callback()
    }
    return () => cancel()
  }

  return {
    name,
    clock: { now: () => clock.now() + skewMs, after },
    isDead: () => isDead,
    wait: (ms) => new Promise((resolve) => void after(ms, resolve)),
    die() {
      isDead = true
      log(() => `${name} dies`)
    },
    freeze(ms) {
      frozenUntilMs = clock.now() + ms
      log(() => `${name} is frozen for ${ms} ms`)
    },
    setClock(byMs) {
      skewMs += byMs
      log(() => `the clock of ${name} is set by ${byMs} ms`)
    },
  }
}
