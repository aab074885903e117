import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '../support/fixtures.js'
import { type Arena, startArena } from './arena.js'
import { type Samples, writeSamples } from './samples.js'

export const PAGE_WITHOUT_WORKERS = '/no-workers.html'

export const test = base.extend<object, { arena: Arena; samples: Samples }>({
  arena: [
    async ({ harnessDir }, use) => {
      // The app server looks what files there are when it starts.
      await writePageWithoutWorkers(harnessDir)
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

async function writePageWithoutWorkers(folder: string): Promise<void> {
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  const policy = `<meta http-equiv="Content-Security-Policy" content="worker-src 'none'">`
  await writeFile(join(folder, PAGE_WITHOUT_WORKERS), html.replace('<head>', `<head>${policy}`))
}
