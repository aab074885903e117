/** So long the page may be kept busy before it may draw and answer. */
const SLICE_MS = 5

/** Does something to each, with room for the page in between: ten thousand files must not make it stand still. */
export async function inSlices<T>(
  all: Iterable<T> | AsyncIterable<T>,
  work: (one: T) => void,
): Promise<void> {
  let until = performance.now() + SLICE_MS
  for await (const one of all) {
    work(one)
    if (performance.now() < until) continue
    await nextTurn()
    until = performance.now() + SLICE_MS
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}
