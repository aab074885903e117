/** Bytes on their way: they come out in order, each amount at its time. */
export interface DelayLine {
  /** @param atMs when it comes out; never before what was put in earlier */
  put(atMs: number, bytes: number): void
  /** Takes out what is due. */
  take(nowMs: number): number
  readonly bytes: number
}

export function createDelayLine(): DelayLine {
  let entries: { readonly atMs: number; readonly bytes: number }[] = []
  let first = 0
  let latestMs = 0
  let bytes = 0

  return {
    put(atMs, amount) {
      latestMs = Math.max(latestMs, atMs)
      entries.push({ atMs: latestMs, bytes: amount })
      bytes += amount
    },
    take(nowMs) {
      let taken = 0
      for (let entry = entries[first]; entry && entry.atMs <= nowMs; entry = entries[first]) {
        taken += entry.bytes
        first += 1
      }
      // Now and then, because shifting each would copy the rest each time.
      if (first > 1000) {
        entries = entries.slice(first)
        first = 0
      }
      // All of it, or rounding would leave a trace of a byte behind for ever.
      bytes = first === entries.length ? 0 : bytes - taken
      return taken
    },
    get bytes() {
      return bytes
    },
  }
}
