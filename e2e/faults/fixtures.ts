import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '../support/fixtures.js'
import { type Arena, startArena } from './arena.js'
import { type Samples, writeSamples } from './samples.js'

export const test = base.extend<object, { arena: Arena; samples: Samples }>({
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

type Body = Parameters<typeof test>[2]

/** A test of one row; a pending one is skipped and says why, unless E2E_PENDING asks how far it is. */
export function declare(
  { title, pending }: { readonly title: string; readonly pending: string | undefined },
  body: Body,
): void {
  if (pending === undefined) test(title, body)
  else if (process.env['E2E_PENDING']) test(`${title} (pending: ${pending})`, body)
  else test.fixme(title, { annotation: { type: 'fixme', description: pending } }, body)
}
