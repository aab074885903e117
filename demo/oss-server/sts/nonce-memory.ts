/** Remembers each nonce for as long as a request that carries it could still be fresh. */
export function createNonceMemory(now: () => number) {
  const freshUntil = new Map<string, number>()
  return {
    /** True the first time a nonce is seen. */
    isNew(nonce: string, keepUntil: number): boolean {
      for (const [seen, until] of freshUntil) {
        if (until >= now()) break
        freshUntil.delete(seen)
      }
      if (freshUntil.has(nonce)) return false
      freshUntil.set(nonce, keepUntil)
      return true
    },
  }
}
