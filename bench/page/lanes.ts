/** Does something with each item, a fixed number at a time. */
export async function inLanes<T>(
  items: Iterable<T>,
  count: number,
  act: (item: T) => Promise<unknown>,
): Promise<void> {
  // One iterator for all of them, so that each takes the next.
  const queue = items[Symbol.iterator]()
  const rest = { [Symbol.iterator]: () => ({ next: () => queue.next() }) }
  await Promise.all(
    Array.from({ length: count }, async () => {
      for (const item of rest) await act(item)
    }),
  )
}
