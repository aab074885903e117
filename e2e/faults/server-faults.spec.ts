import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '../support/fixtures.js'
import { type Arena, startArena } from './arena.js'
import { groupsOf, rowsAlone } from './groups.js'
import { titleOf } from './row.js'
import { runRows } from './run-rows.js'
import { type Samples, writeSamples } from './samples.js'
import { SERVER_ROWS } from './table.js'

const test = base.extend<object, { arena: Arena; samples: Samples }>({
  arena: [
    async ({ harnessDir }, use) => {
      const arena = await startArena(harnessDir)
      await use(arena)
      await arena.close()
    },
    { scope: 'worker' },
  ],
  samples: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures it needs off this pattern.
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'oss-samples-'))
      await use(await writeSamples(folder))
      await rm(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
})

// Rows share nothing but the servers of their worker.
test.describe.configure({ mode: 'parallel' })

for (const { title, rows } of groupsOf(SERVER_ROWS)) {
  test(title, ({ page, arena, samples }) => runRows(page, rows, arena, samples))
}

for (const row of rowsAlone(SERVER_ROWS)) {
  const run = row.pending === undefined ? test : test.fixme
  run(titleOf(row), ({ page, arena, samples }) => runRows(page, [row], arena, samples))
}
