/** A line between a browser and OSS. Both directions are alike, and full duplex. */
export interface LinkProfile {
  readonly name: string
  /** Round trip of an empty line. */
  readonly rttMs: number
  /** What all connections have together in one direction. */
  readonly totalMbit: number
  /** What one connection has at most in one direction; unlimited when left out. */
  readonly connectionMbit?: number
  /** The chance of a packet of 1460 bytes to be lost; 0 when left out. */
  readonly loss?: number
  /** From then on, counted from the first connection, the line has another rate in total. */
  readonly change?: { readonly afterMs: number; readonly totalMbit: number }
}

/** The lines the benchmark runs on. */
export const LINK_PROFILES = [
  { name: 'capped-50', rttMs: 50, totalMbit: 100, connectionMbit: 20 },
  { name: 'capped-200', rttMs: 200, totalMbit: 100, connectionMbit: 20 },
  { name: 'clean-50', rttMs: 50, totalMbit: 100 },
  { name: 'clean-200', rttMs: 200, totalMbit: 100 },
  { name: 'lossy-50', rttMs: 50, totalMbit: 100, loss: 0.001 },
  { name: 'lossy-200', rttMs: 200, totalMbit: 100, loss: 0.001 },
  { name: 'poor', rttMs: 100, totalMbit: 20, loss: 0.01 },
  { name: 'gigabit', rttMs: 10, totalMbit: 1000 },
  { name: 'changing', rttMs: 50, totalMbit: 100, change: { afterMs: 4000, totalMbit: 20 } },
] as const satisfies readonly LinkProfile[]

export type LinkName = (typeof LINK_PROFILES)[number]['name']

export function findLink(name: LinkName): LinkProfile {
  const profile = LINK_PROFILES.find((candidate) => candidate.name === name)
  if (!profile) throw new RangeError(`There is no link "${name}".`)
  return profile
}

/** Bytes a line of this rate carries in a millisecond. */
export function bytesPerMs(mbit: number): number {
  return mbit * 125
}
