import type { Row } from './row.js'

/** Rows whose uploads run side by side on one page. */
export interface Group {
  readonly title: string
  readonly rows: readonly Row[]
}

const AT_ONCE = 24

/** Those that bring a whole server to a halt, turn the clock, or cannot be told apart by key run alone. */
function isAlone({ fault, on, before }: Row): boolean {
  return before !== undefined || on === 'STS' || ['refuse', 'hang', 'trickle'].includes(fault.do)
}

export function groupsOf(rows: readonly Row[]): Group[] {
  const together = new Map<string, Row[]>()
  for (const row of rows) {
    if (!isAlone(row)) together.set(row.on, [...(together.get(row.on) ?? []), row])
  }
  return [...together].flatMap(([kind, ofKind]) => {
    const count = Math.ceil(ofKind.length / AT_ONCE)
    return Array.from({ length: count }, (_, i) => {
      const chunk = ofKind.slice(i * AT_ONCE, (i + 1) * AT_ONCE)
      const title = `${kind} ${i + 1} of ${count}: ${chunk.length} faults, each with the outcome of its row`
      return { title, rows: chunk }
    })
  })
}

export function rowsAlone(rows: readonly Row[]): Row[] {
  return rows.filter(isAlone)
}
