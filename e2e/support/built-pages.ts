import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'

/** Builds a folder of pages as the demo is built, for as long as they are used. */
export async function withBuiltPages(
  root: string,
  use: (outDir: string) => Promise<void>,
): Promise<void> {
  const outDir = await mkdtemp(join(tmpdir(), 'oss-pages-'))
  await build({
    root,
    configFile: 'vite.config.ts',
    mode: 'demo',
    logLevel: 'error',
    build: { outDir, emptyOutDir: true },
  })
  await use(outDir)
  await rm(outDir, { recursive: true, force: true })
}
