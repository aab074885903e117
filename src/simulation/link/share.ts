/**
 * Divides a capacity fairly: nobody gets more than it asks for, and what one leaves is divided among the others (max-min).
 *
 * @returns what each gets, in the order of the demands
 */
export function shareFairly(capacity: number, demands: readonly number[]): number[] {
  const shares = demands.map(() => 0)
  const smallestFirst = demands.map((demand, index) => ({ demand, index }))
  smallestFirst.sort((a, b) => a.demand - b.demand)
  let left = capacity
  let waiting = demands.length
  for (const { demand, index } of smallestFirst) {
    const share = Math.min(demand, left / waiting)
    shares[index] = share
    left -= share
    waiting -= 1
  }
  return shares
}
