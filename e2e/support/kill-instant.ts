import type { WatchedEvent } from './watch.js'

/** When the browser is killed. */
export type KillInstant =
  | { readonly after: 'choice'; readonly ms: number }
  | { readonly after: 'success'; readonly ms: number }
  | {
      readonly after: 'event'
      readonly event: Pick<WatchedEvent, 'moment' | 'operation' | 'partNumber'>
    }

/** A few instants by name, for the moments that chance rarely meets. */
const NARROW = ['InitiateMultipartUpload', 'CompleteMultipartUpload'] as const

/** The instant that belongs to a seed: the same for the same seed. */
export function killInstant(seed: number, parts: number, longestMs: number): KillInstant {
  const next = randomNumbers(seed)
  const kind = next()
  if (kind < 0.5) return { after: 'choice', ms: Math.floor(next() * longestMs) }
  if (kind < 0.55) return { after: 'success', ms: Math.floor(next() * 300) }
  const moment = pick(['asked', 'receiving', 'kept'] as const, next())
  if (kind < 0.8) {
    const partNumber = 1 + Math.floor(next() * parts)
    return { after: 'event', event: { moment, operation: 'UploadPart', partNumber } }
  }
  const operation = pick(NARROW, next())
  // These have no body to speak of.
  const narrow = moment === 'receiving' ? 'asked' : moment
  return { after: 'event', event: { moment: narrow, operation, partNumber: 0 } }
}

export function describeInstant(instant: KillInstant): string {
  if (instant.after !== 'event') return `${instant.ms} ms after ${instant.after}`
  const { moment, operation, partNumber } = instant.event
  return `${operation}${partNumber > 0 ? ` ${partNumber}` : ''} ${moment}`
}

/** Reads what `describeInstant` says of an event, such as `UploadPart 1 asked`. */
export function readInstant(text: string): KillInstant | undefined {
  const [, operation, partNumber = '0', moment] =
    /^(\w+?)(?: (\d+))? (asked|receiving|kept)$/.exec(text) ?? []
  if (operation === undefined) return undefined
  const event = { moment: moment as WatchedEvent['moment'], operation }
  return { after: 'event', event: { ...event, partNumber: Number(partNumber) } }
}

function pick<Item>(items: readonly [Item, ...Item[]], roll: number): Item {
  return items[Math.floor(roll * items.length)] ?? items[0]
}

/** Mulberry32: numbers from 0 up to 1, the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
