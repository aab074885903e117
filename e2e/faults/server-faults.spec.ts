import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256OfFile, writeFileOf } from '../support/files.js'
import { test as base } from '../support/fixtures.js'
import { type Arena, startArena } from './arena.js'
import { titleOf } from './row.js'
import { runRow, type Sample, type Samples } from './run-row.js'
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
      const sample = async (name: string, size: number): Promise<Sample> => {
        const path = await writeFileOf(folder, name, size)
        return { path, sha256: await sha256OfFile(path) }
      }
      await use({
        small: await sample('small.bin', 60_000),
        large: await sample('large.bin', 250_000),
      })
      await rm(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
})

// Rows share nothing but the servers of their worker.
test.describe.configure({ mode: 'parallel' })

for (const row of SERVER_ROWS) {
  const run = row.pending === undefined ? test : test.fixme
  run(titleOf(row), async ({ page, arena, samples }) => runRow(page, row, arena, samples))
}
