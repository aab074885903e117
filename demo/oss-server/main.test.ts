import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from './testing/test-server.js'

interface Run {
  child: ChildProcess
  /** What it has printed so far. */
  out(): string
  err(): string
  firstLine: Promise<string>
  exitCode: Promise<number | null>
}

function run(args: string[]): Run {
  const main = join(import.meta.dirname, 'main.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], { stdio: 'pipe' })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  let err = ''
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => {
      out += chunk
      if (out.includes('\n')) resolve(out.slice(0, out.indexOf('\n')))
    })
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const exitCode = once(child, 'close').then(([code]) => code)
  return { child, out: () => out, err: () => err, firstLine, exitCode }
}

async function options(changes: Record<string, string> = {}): Promise<string[]> {
  const all = {
    port: '0',
    bucket: 'bkt',
    region: 'cn-hangzhou',
    'access-key-id': 'AK',
    'access-key-secret': 'SK',
    data: await temporaryFolder(),
    ...changes,
  }
  return Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])
}

test('says in one line where it listens, and ends in good order', async () => {
  const { child, out, err, firstLine, exitCode } = run(await options())
  const ready = JSON.parse(await firstLine)
  expect(ready).toEqual({
    endpoint: expect.stringMatching(/^http:\/\/localhost:\d+$/),
    stsEndpoint: expect.stringMatching(/^http:\/\/localhost:\d+$/),
    bucket: 'bkt',
    region: 'cn-hangzhou',
  })
  expect((await fetch(ready.endpoint)).status).toBe(403)
  child.kill('SIGTERM')
  expect(await exitCode).toBe(0)
  expect(out().trim().split('\n')).toHaveLength(1)
  expect(err()).toBe('')
})

test('does not start on a port that is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const port = String((other.address() as AddressInfo).port)
  const { out, err, exitCode } = run(await options({ port }))
  expect(await exitCode).toBe(1)
  expect(err()).toContain(`EADDRINUSE`)
  expect(err()).toContain(port)
  expect(out()).toBe('')
})

test('does not start with a role policy that is none', async () => {
  const file = join(await temporaryFolder(), 'absent.json')
  const { err, exitCode } = run(await options({ 'role-policy': file }))
  expect(await exitCode).toBe(1)
  expect(err()).toContain('absent.json')
})
