import { hasFocus } from './dom.js'
import type { Item } from './item.js'
import type { Row } from './row.js'
import type { Surroundings } from './view-model.js'

/** Rows above and below what is seen, so that a tab key finds the next one. */
const SPARE_ROWS = 4
/** Until a row was seen. */
const USUAL_HEIGHT = 78

/** Which rows to show, and how much room those above and below take; pure. */
export function windowOf(
  heights: readonly number[],
  top: number,
  height: number,
): { first: number; last: number; above: number; below: number } {
  let [first, position] = [0, 0]
  while (first < heights.length - 1 && position + (heights[first] ?? 0) <= top) {
    position += heights[first++] ?? 0
  }
  let last = first
  let bottom = position + (heights[last] ?? 0)
  while (last < heights.length - 1 && bottom < top + height) bottom += heights[++last] ?? 0
  const from = Math.max(0, first - SPARE_ROWS)
  const to = Math.min(heights.length, last + 1 + SPARE_ROWS)
  return { first: from, last: to, above: sum(heights, 0, from), below: sum(heights, to) }
}

/** Ten thousand are summed at every frame. */
function sum(heights: readonly number[], from: number, to = heights.length): number {
  let total = 0
  for (let index = from; index < to; index++) total += heights[index] ?? 0
  return total
}

/** A list that has elements only for the rows that are seen, whatever their height. */
export function createVirtualList(
  scroller: HTMLElement,
  list: HTMLElement,
  /** Sets the list's padding, above and below; not inline, for the policy's sake. */
  pad: (above: number, below: number) => void,
  rowFor: (item: Item) => Row,
) {
  const rows = new Map<Item, Row>()
  const heights = new WeakMap<Item, number>()

  function leave(item: Item, row: Row): void {
    // The focus stays in the list when its row is scrolled away.
    if (hasFocus(row.element)) scroller.focus({ preventScroll: true })
    row.element.remove()
    rows.delete(item)
  }

  function place(shown: readonly Item[], surroundings: Surroundings, offset: number, of: number) {
    shown.forEach((item, index) => {
      const row = rows.get(item) ?? rowFor(item)
      rows.set(item, row)
      row.update(surroundings, offset + index, of)
      const there = list.children[index]
      if (there !== row.element) list.insertBefore(row.element, there ?? null)
    })
  }

  return {
    render(items: readonly Item[], surroundings: Surroundings): void {
      const known = items.map((item) => heights.get(item) ?? USUAL_HEIGHT)
      const { first, last, above, below } = windowOf(
        known,
        scroller.scrollTop,
        scroller.clientHeight,
      )
      const shown = items.slice(first, last)
      const isShown = new Set(shown)
      for (const [item, row] of rows) if (!isShown.has(item)) leave(item, row)
      place(shown, surroundings, first, items.length)
      pad(above, below)
      for (const item of shown) {
        const height = rows.get(item)?.element.offsetHeight
        if (height) heights.set(item, height)
      }
    },
    /** The row of an item, while it is there. */
    row: (item: Item): HTMLElement | undefined => rows.get(item)?.element,
  }
}
