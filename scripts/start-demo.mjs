import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createCommandRunner, plainEnvironment, programOf } from './command-runner.mjs'
import { ensureDependencies } from './dependencies.mjs'
import { exitOnStopSignal } from './stop-signals.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Installs what is missing, builds the page, starts the servers in this process, and stays. One process keeps no
 * orphan: whatever ends it, SIGKILL included, frees the ports.
 *
 * @param {string[]} args
 */
export async function start(args) {
  const dataDir = dataDirOf(args)
  if (dataDir === undefined) process.exit(2)

  const commands = createCommandRunner({ cwd: root, env: plainEnvironment() })
  let stop = commands.stop
  exitOnStopSignal({ stop: () => stop(), exitCode: 0 })

  if (!(await ensureDependencies(root, commands))) process.exit(1)
  const page = await commands.run([
    ...programOf(root, 'vite', 'vite'),
    ...['build', '--mode', 'demo', '--logLevel', 'warn'],
  ])
  if (page.exitCode !== 0) {
    console.error(`The demo page could not be built.\n${page.output}`)
    process.exit(1)
  }

  try {
    const { register } = await import('tsx/esm/api')
    register()
    const { startDemo } = await import('./run-demo.js')
    const demo = await startDemo({
      dataDir,
      staticDir: join(root, '.demo-dist'),
      envFile: join(root, '.env'),
    })
    stop = demo.close
    console.log(block(demo.facts))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}

/** @param {string[]} args */
function dataDirOf(args) {
  try {
    const { values } = parseArgs({ args, options: { data: { type: 'string' } } })
    return resolve(values.data ?? join(root, '.oss-data'))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    console.error('Usage: npm start [-- --data FOLDER]')
    return undefined
  }
}

/** @param {[name: string, value: string][]} facts */
function block(facts) {
  const width = Math.max(...facts.map(([name]) => name.length))
  const lines = facts.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
  return ['', ...lines, '', '  Ctrl-C stops everything.', ''].join('\n')
}
