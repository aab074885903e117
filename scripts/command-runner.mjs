import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {{ exitCode: number, output: string }} CommandResult */

const GRACE_MS = 5000

/**
 * Runs one command at a time, each in a process group of its own, so that `stop` ends its children as well.
 *
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} surroundings
 */
export function createCommandRunner({ cwd, env }) {
  /** @type {(() => Promise<void>) | undefined} */
  let stopRunning
  let stopped = false

  return {
    /**
     * @param {string[]} argv
     * @param {{ live?: boolean, limitMs?: number }} [options] `live` passes the output on instead of collecting it
     * @returns {Promise<CommandResult>} never rejects: a command that cannot start has exit code 127
     */
    run([command = '', ...args], { live = false, limitMs } = {}) {
      return new Promise((resolve) => {
        const output = live ? 'inherit' : 'pipe'
        const child = spawn(command, args, {
          cwd,
          env,
          stdio: ['ignore', output, output],
          detached: process.platform !== 'win32',
          shell: process.platform === 'win32' && !command.endsWith('.exe'),
        })
        /** @type {string[]} */
        const lines = []
        for (const stream of [child.stdout, child.stderr]) {
          stream?.setEncoding('utf8').on('data', (text) => lines.push(text))
        }
        const closed = new Promise((done) => {
          child.once('close', done)
          child.once('error', done)
        })
        stopRunning = () => endGroup(child, closed)
        let late = false
        const onLimit = () => {
          late = true
          lines.push(`\nStopped: not done after ${(limitMs ?? 0) / 1000} s.\n`)
          stopRunning?.()
        }
        const limit = limitMs === undefined ? undefined : setTimeout(onLimit, limitMs)

        /** @param {number} exitCode */
        const finish = (exitCode) => {
          clearTimeout(limit)
          stopRunning = undefined
          if (!stopped) resolve({ exitCode: late ? 124 : exitCode, output: lines.join('') })
        }
        child.once('error', (error) => {
          lines.push(`${error.message}\n`)
          finish(127)
        })
        child.once('close', (code) => finish(code ?? 1))
      })
    },

    /**
     * Ends the running command and its children: asks first, as Ctrl-C does, then insists. For the end of the
     * program: no `run` resolves any more, so nobody mistakes the interruption for a failure and goes on.
     */
    async stop() {
      stopped = true
      await stopRunning?.()
    },
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {Promise<unknown>} closed
 */
async function endGroup(child, closed) {
  signalGroup(child, 'SIGINT')
  const insist = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS)
  await closed
  clearTimeout(insist)
  // The leader is gone; whatever it left behind goes now.
  signalGroup(child, 'SIGKILL')
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // ESRCH: already gone.
  }
}

/**
 * The command line of a program that a dependency brings. Node runs it directly: no shell, no shebang, no PATH.
 *
 * @param {string} root
 * @param {string} packageName
 * @param {string} program
 * @returns {string[]}
 */
export function programOf(root, packageName, program) {
  const folder = join(root, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return [process.execPath, join(folder, typeof bin === 'string' ? bin : bin[program])]
}

/** The command line of npm: the very one that started us, where it did. */
export function npmProgram() {
  const { npm_execpath: started } = process.env
  return started?.endsWith('npm-cli.js') ? [process.execPath, started] : ['npm']
}

/** Colours and NODE_ENV of the caller must not change what the tools do or print. */
export function plainEnvironment() {
  const { NODE_ENV, FORCE_COLOR, ...env } = process.env
  return { ...env, NO_COLOR: '1' }
}
