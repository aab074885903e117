/** Chance from a number: the same seed gives the same run, roll by roll. */
export interface Chance {
  /** From 0 up to 1. */
  readonly roll: () => number
  /** A whole number from 0, below `count`. */
  readonly below: (count: number) => number
  /** A whole number, both ends included. */
  readonly between: (least: number, most: number) => number
  readonly happens: (probability: number) => boolean
  readonly pick: <T>(items: readonly [T, ...T[]]) => T
  /** Chance of its own, so that one more roll here changes nothing there. */
  readonly fork: () => Chance
}

/** Mulberry32: small, fast, and good enough to scatter faults. */
export function createChance(seed: number): Chance {
  let state = Math.imul(seed ^ (seed >>> 16), 0x45d9f3b) | 0

  function roll(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  const below = (count: number) => Math.floor(roll() * count)
  return {
    roll,
    below,
    between: (least, most) => least + below(most - least + 1),
    happens: (probability) => roll() < probability,
    pick: (items) => items[below(items.length)] ?? items[0],
    fork: () => createChance(below(2 ** 32)),
  }
}
