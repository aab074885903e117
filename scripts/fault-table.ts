import { readFileSync, writeFileSync } from 'node:fs'
import { REQUEST_KINDS } from '../demo/oss-server/fault-script.js'
import { BROWSER_ENTRIES } from '../e2e/faults/browser-table.js'
import { groupsOf } from '../e2e/faults/groups.js'
import { type Row, wordsOf } from '../e2e/faults/row.js'
import { SERVER_ROWS } from '../e2e/faults/table.js'

export const FAULTS_FILE = new URL('../docs/faults.md', import.meta.url)

/** `docs/faults.md`, made of the tables the tests are made of. */
export function faultsPage(): string {
  return `# What can go wrong, and what has to come of it

Made by \`npm run faults:docs\` of the tables in \`e2e/faults/\`, of which the tests are made too; \`npm test\` fails when this page
says something else. Each row is an upload in Chromium against the local OSS, its STS and the app server. What OSS has stored in the
end is compared with the file by SHA-256, whatever the page says.

\`npm test\` runs all rows; \`npm run faults\` runs nothing else. The pauses between tries, whose length is chance, are rolled a
thousandth as long: a line that stays dead is given up after as many tries as ever, within seconds. The last column names the test:
some rows run side by side on one page, such as those of \`UploadPart 1 of 3\`; \`alone\` has a page to itself and is found by its
title.

_once_: the first request of the kind meets the fault. _always_: each one does.

## Between the page and OSS

${SERVER_ROWS.length} rows.

${table(['fault', 'request', 'how often', 'outcome', 'test'], serverLines())}

## In the browser

${BROWSER_ENTRIES.length} rows, each a test of \`e2e/faults/browser-faults.spec.ts\`.

${table(
  ['fault', 'requests', 'outcome'],
  BROWSER_ENTRIES.map(([, { title, on, expect }]) => [title, on, wordsOf(expect)]),
)}
`
}

function serverLines(): string[][] {
  const tests = new Map(
    groupsOf(SERVER_ROWS).flatMap(({ title, rows }) =>
      rows.map((row) => [row.id, title.replace(/: .*/, '')] as const),
    ),
  )
  const order = (row: Row) => REQUEST_KINDS.indexOf(row.on)
  const byTitle = new Map<string, Row[]>()
  for (const row of SERVER_ROWS) byTitle.set(row.title, [...(byTitle.get(row.title) ?? []), row])
  return [...byTitle.values()].flatMap((rows) =>
    [...rows]
      .sort((a, b) => order(a) - order(b))
      .map((row) => [
        row.title,
        row.on,
        row.times,
        wordsOf(row.expect),
        tests.get(row.id) ?? 'alone',
      ]),
  )
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`
  return [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '\\<')
}

export function isUpToDate(): boolean {
  try {
    return readFileSync(FAULTS_FILE, 'utf8') === faultsPage()
  } catch {
    return false
  }
}

export function writeFaultsPage(): void {
  writeFileSync(FAULTS_FILE, faultsPage())
}
