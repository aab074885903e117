import { execFile } from 'node:child_process'
import { access, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'

/** An app in a folder of its own, that has of this project only what npm gave it. */
export interface Consumer {
  readonly folder: string
  /** Paths in the package, as npm packed it. */
  readonly packed: readonly string[]
  remove(): Promise<void>
}

/** How a bundle's script is loaded: a module knows where it came from, a classic script does not. */
export type ScriptKind = 'module' | 'classic'

const run = promisify(execFile)
const require = createRequire(import.meta.url)
const APP = [
  new URL('./app/index.html', import.meta.url),
  new URL('./app/main.ts', import.meta.url),
  new URL('./app/mistakes.ts', import.meta.url),
  new URL('./app/tsconfig.json', import.meta.url),
]
const MODULE_SCRIPT = '<script type="module" src="./main.ts"></script>'

export async function installConsumer(): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-consumer-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    // What the build makes last.
    await access('dist/index.d.ts').catch(() => npm('.', 'run', 'build'))
    const pack = await npm('.', 'pack', '--ignore-scripts', '--json', '--pack-destination', folder)
    const [{ filename, files }] = JSON.parse(pack)
    for (const file of APP) await copyFile(file, join(folder, basename(file.pathname)))
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
    await npm(folder, 'install', `./${filename}`, ...quietly)
    return { folder, remove, packed: files.map(({ path }: { path: string }) => path) }
  } catch (error) {
    await remove()
    throw error
  }
}

/** @throws with what the compiler has to say. */
export async function checkTypes(folder: string): Promise<void> {
  await runNode(folder, require.resolve('typescript/bin/tsc'), '--project', '.')
}

/** What a Node process in that folder prints. @throws when it fails or writes to stderr. */
export async function runNode(folder: string, ...args: string[]): Promise<string> {
  // Colours asked for from outside would make Node itself write to stderr.
  const { NO_COLOR: _none, FORCE_COLOR: _force, ...env } = process.env
  const { stdout, stderr } = await run(process.execPath, args, { cwd: folder, env }).catch(
    (error) => {
      throw new Error(`${error.message}\n${error.stdout}`)
    },
  )
  if (stderr !== '') throw new Error(stderr)
  return stdout
}

export async function bundleWithVite(folder: string): Promise<string> {
  const outDir = join(folder, 'vite-dist')
  await build({ root: folder, configFile: false, logLevel: 'error', build: { outDir } })
  return outDir
}

/** esbuild bundles what is imported, and leaves the worker's file where it was. */
export async function bundleWithEsbuild(folder: string, kind: ScriptKind): Promise<string> {
  const outDir = join(folder, `esbuild-${kind}`)
  const { build } = requireEsbuild()
  await build({
    entryPoints: [join(folder, 'main.ts')],
    outdir: outDir,
    bundle: true,
    format: kind === 'module' ? 'esm' : 'iife',
    // What is loaded late stays a file of its own, or becomes part of the one there is.
    splitting: kind === 'module',
    logLevel: 'error',
  })
  const type = kind === 'module' ? 'type="module"' : 'defer'
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  const script = `<script ${type} src="./main.js"></script>`
  await writeFile(join(outDir, 'index.html'), html.replace(MODULE_SCRIPT, script))
  return outDir
}

interface Esbuild {
  build(options: Record<string, unknown>): Promise<unknown>
}

/** The one that tsx runs on. */
function requireEsbuild(): Esbuild {
  return createRequire(require.resolve('tsx/package.json'))('esbuild')
}

async function npm(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('npm', args, { cwd: folder, shell: process.platform === 'win32' })
  return stdout
}
