import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const PATIENT = { timeout: 15_000 }

let folder: string
let guardian: ChildProcess | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-'))
})
afterEach(() => {
  if (guardian?.pid !== undefined) signalGroup(guardian.pid, 'SIGKILL')
  rmSync(folder, { recursive: true })
})

/** Leads a process group with npm in it, tells npm's id, and ends the group when this test is gone. */
const guard = `
  const npm = require('node:child_process').spawn('npm', process.argv.slice(1), { stdio: 'inherit' })
  process.on('SIGINT', () => {})
  process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'))
  npm.on('exit', (code) => process.exit(code ?? 1))
  process.send(npm.pid)
`

/** `npm start` as a terminal runs it: npm and all below it in one process group, which Ctrl-C reaches as a whole. */
async function start() {
  const started = spawn(process.execPath, ['-e', guard, 'start', '--', '--data', folder], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  guardian = started
  const npmPid = new Promise<number>((told) => {
    started.once('message', (message) => told(Number(message)))
  })
  let output = ''
  let errors = ''
  started.stdout?.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  started.stderr?.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  await vi.waitUntil(() => output.includes('Ctrl-C') || started.exitCode !== null, {
    timeout: 60_000,
  })
  expect(output, errors).toContain('Ctrl-C stops everything.')
  const ports = [...output.matchAll(/localhost:(\d+)/g)].map(([, port]) => Number(port))
  expect(ports).toHaveLength(2)
  return {
    group: started.pid ?? 0,
    npmPid: await npmPid,
    ports,
    exited: once(started, 'exit'),
    errors: () => errors,
  }
}

function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal)
  } catch {
    return false
  }
}

function answers(port: number): Promise<boolean> {
  const connection = connect({ port, host: 'localhost' })
  return new Promise((done) => {
    connection.once('error', () => done(false))
    connection.once('connect', () => {
      connection.destroy()
      done(true)
    })
  })
}

const allAnswer = async (ports: number[]) => (await Promise.all(ports.map(answers))).every(Boolean)
const noneAnswers = async (ports: number[]) =>
  !(await Promise.all(ports.map(answers))).some(Boolean)

describe('npm start', { timeout: 90_000 }, () => {
  test('leaves no process and no port behind on Ctrl-C, and npm does not complain', async () => {
    const { group, ports, exited, errors } = await start()
    expect(await allAnswer(ports)).toBe(true)

    signalGroup(group, 'SIGINT')
    const [exitCode] = await exited
    expect(exitCode).toBe(0)
    await vi.waitUntil(() => !signalGroup(group, 0), PATIENT)
    expect(await noneAnswers(ports)).toBe(true)
    expect(errors()).not.toMatch(/npm err/i)
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'leaves nothing behind when npm alone gets %s',
    async (signal) => {
      const { group, npmPid, ports } = await start()
      process.kill(npmPid, signal)
      await vi.waitUntil(() => !signalGroup(group, 0), PATIENT)
      expect(await noneAnswers(ports)).toBe(true)
    },
  )
})
