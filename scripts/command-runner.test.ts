import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createCommandRunner } from './command-runner.mjs'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'command-runner-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const commandRunner = () => createCommandRunner({ cwd: folder, env: process.env })
const node = (script: string) => [process.execPath, '-e', script]

const child = `
  process.on('SIGINT', () => {})
  require('node:fs').writeFileSync('child.txt', process.pid + ' ')
  setInterval(() => {}, 1000)
`
/** A command that leaves a child of its own behind when it is asked to end. */
const family = node(`
  process.on('SIGINT', () => process.exit(0))
  require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}])
  setInterval(() => {}, 1000)
`)

async function childOfFamily(): Promise<number> {
  const read = () => {
    try {
      return readFileSync(join(folder, 'child.txt'), 'utf8')
    } catch {
      return ''
    }
  }
  const pid = Number(await vi.waitUntil(() => read().endsWith(' ') && read(), { timeout: 10_000 }))
  rmSync(join(folder, 'child.txt'))
  return pid
}

/** The system may keep the entry of an ended orphan for some seconds. */
const hasEnded = (pid: number) => vi.waitUntil(() => !isAlive(pid), { timeout: 10_000 })

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('a command', { timeout: 20_000 }, () => {
  test('gives its exit code and what it printed on both streams', async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3'
    const { exitCode, output } = await commandRunner().run(node(script))
    expect(exitCode).toBe(3)
    expect(output).toContain('out')
    expect(output).toContain('err')
  })

  test('that does not exist fails with a reason', async () => {
    const result = await commandRunner().run(['/no/such/program'])
    expect(result).toMatchObject({ exitCode: 127, output: expect.stringContaining('ENOENT') })
  })

  test('that takes too long has failed, whatever it says', async () => {
    const script = 'process.on("SIGINT", () => process.exit(0)); setInterval(() => {}, 1000)'
    const { exitCode, output } = await commandRunner().run(node(script), { limitMs: 500 })
    expect(exitCode).toBe(124)
    expect(output).toContain('not done after 0.5 s')
  })

  test('takes its children with it when it is stopped', async () => {
    const commands = commandRunner()
    void commands.run(family)
    const child = await childOfFamily()
    expect(isAlive(child)).toBe(true)
    await commands.stop()
    await hasEnded(child)
  })
})
