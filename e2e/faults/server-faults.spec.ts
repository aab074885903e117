import { test } from './fixtures.js'
import { groupsOf, rowsAlone } from './groups.js'
import { titleOf } from './row.js'
import { runRows } from './run-rows.js'
import { SERVER_ROWS } from './table.js'

// Rows share nothing but the servers of their worker. Dead lines, each tried 64 times, take a slow machine a minute.
test.describe.configure({ mode: 'parallel', timeout: 120_000 })

for (const { title, rows } of groupsOf(SERVER_ROWS)) {
  test(title, ({ page, arena, samples }) => runRows(page, rows, arena, samples))
}

for (const row of rowsAlone(SERVER_ROWS)) {
  test(titleOf(row), ({ page, arena, samples }) => runRows(page, [row], arena, samples))
}
