/** So long the page may be kept busy before it may draw and answer. */
const SLICE_MS = 5

/**
 * Does something to each, with room for the page in between: ten thousand files must not make it stand still.
 *
 * @param isOver - Nothing more is to be done.
 */
export async function inSlices<T>(
  all: Iterable<T> | AsyncIterable<T>,
  work: (one: T) => void,
  isOver = () => false,
): Promise<void> {
  let until = performance.now() + SLICE_MS
  for await (const one of all) {
    if (isOver()) return
    work(one)
    if (performance.now() < until) continue
    await nextTurn()
    until = performance.now() + SLICE_MS
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}
