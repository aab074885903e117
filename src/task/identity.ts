import type { ObjectOptions } from '../protocol/object-options.js'

/** What an upload is of, to be compared across tabs at constant cost. */
export interface Identity {
  /** Bytes. */
  readonly size: number
  /** CRC-64 of a few windows. */
  readonly samples: readonly string[]
  /** What the object shall be like, in canonical form. */
  readonly wish: string
}

export function identity(
  size: number,
  samples: readonly string[],
  { callback: _callback, ...wish }: ObjectOptions,
): Identity {
  // The callback is asked for at the end, so each visit may have its own.
  return { size, samples, wish: canonicalJson(wish) }
}

/** How another file differs from the one an upload began with; `undefined` when it does not. */
export function differenceOf(other: Identity, begun: Identity): string | undefined {
  if (other.size !== begun.size) return other.size < begun.size ? 'is shorter' : 'is longer'
  if (other.samples.join() !== begun.samples.join()) return 'has other bytes'
  return other.wish === begun.wish ? undefined : 'is to be stored otherwise'
}

/** The same text in whatever order the names come. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.entries(part).sort()
      : part,
  )
}
