import type { Uploader } from '../index.js'
import { freeKey } from './file-name.js'
import { type Item, isActive, type ListOwner, statusOf } from './item.js'

/** Who has a key; `stored`: an object has it, whoever sent it. */
type Claims = Map<string, Item | 'stored'>

/** Pickers that share an uploader must not overwrite one another's objects. */
const byUploader = new WeakMap<Uploader, Claims>()

/** The keys that the items of a list have. */
export function createClaims(owner: ListOwner) {
  /** Of every uploader the list has had: two of them may go to one bucket. */
  const all = new Set<Claims>()

  function claimsOf(uploader: Uploader): Claims {
    const claims = byUploader.get(uploader) ?? new Map()
    byUploader.set(uploader, claims)
    all.add(claims)
    return claims
  }

  function claim(item: Item, claims: Claims, key: string): void {
    claims.set(key, item)
    item.claim = { claims, key, owner }
  }

  return {
    /** Has the item claim the key, or the first like it that is free. @returns that, and whose it was. */
    take(item: Item, uploader: Uploader, wanted: string) {
      const claims = claimsOf(uploader)
      const key = freeKey(wanted, (key) => [...all].some((some) => isUsed(some.get(key), item)))
      const before = claims.get(key)
      if (item.claim?.key !== key) release(item)
      claim(item, claims, key)
      return { key, before: before === 'stored' || before === item ? undefined : before }
    },
    /** @returns whether nobody has it, nor what this list is at has the same key elsewhere. */
    takeFree(item: Item, uploader: Uploader, key: string): boolean {
      const claims = claimsOf(uploader)
      const isElsewhere = [...all].some((some) => {
        const by = some.get(key)
        return by !== undefined && by !== 'stored' && isActive(by)
      })
      if (claims.has(key) || isElsewhere) return false
      claim(item, claims, key)
      return true
    },
    isOf: (item: Item, uploader: Uploader): boolean => item.claim?.claims === claimsOf(uploader),
    /** The item of this list that has failed under the key: a file chosen anew takes its place. */
    failed(uploader: Uploader | undefined, key: string): Item | undefined {
      const by = uploader && byUploader.get(uploader)?.get(key)
      if (!by || by === 'stored' || by.claim?.owner !== owner) return undefined
      return statusOf(by) === 'failed' ? by : undefined
    },
    /** Unfinished items of lists that are no longer seen: nobody else could pause or resume them. */
    abandoned(uploader: Uploader): Item[] {
      return [...claimsOf(uploader).values()].filter(
        (by): by is Item =>
          by !== 'stored' && !by.isGone && by.claim?.owner.isShown() === false && isUnfinished(by),
      )
    },
  }
}

/** Its object is there, and keeps its name, whatever becomes of its row. */
export function keepKey(item: Item): void {
  const { claims, key } = item.claim ?? {}
  // Somebody else may go on with it.
  if (key !== undefined && claims?.get(key) === item) claims.set(key, 'stored')
}

/** What is under way may be stored yet. */
export function release(item: Item): void {
  const { claim } = item
  if (!claim || claim.claims.get(claim.key) !== item || isActive(item)) return
  claim.claims.delete(claim.key)
}

/** Whether a file of this key may be on its way, or has arrived. */
function isUsed(by: Item | 'stored' | undefined, item: Item): boolean {
  if (by === undefined || by === 'stored') return by === 'stored'
  // One of another size is another file: what was begun of the first is not to be lost.
  if (statusOf(by) === 'saved') return by.size !== item.size
  return by !== item && !['refused', 'failed', 'cancelled'].includes(statusOf(by))
}

function isUnfinished(item: Item): boolean {
  return !['succeeded', 'refused', 'cancelled'].includes(statusOf(item))
}
