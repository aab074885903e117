import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimDataFolder } from './data-folder.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'data-folder-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

test('a folder has one holder; the next ones get numbered folders inside', async () => {
  const claims = [await claimDataFolder(folder), await claimDataFolder(folder)]
  claims.push(await claimDataFolder(folder))
  expect(claims.map(({ path }) => path)).toEqual([folder, join(folder, '2'), join(folder, '3')])
  for (const { release } of claims) await release()
})

test('a released folder is free again', async () => {
  await (await claimDataFolder(folder)).release()
  const again = await claimDataFolder(folder)
  expect(again.path).toBe(folder)
  await again.release()
})

test('a holder that was killed holds nothing', async () => {
  const module = fileURLToPath(new URL('data-folder.ts', import.meta.url))
  const script = `
    import { claimDataFolder } from ${JSON.stringify(module)}
    console.log((await claimDataFolder(${JSON.stringify(folder)})).path)
  `
  const holder = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = await once(holder.stdout.setEncoding('utf8'), 'data')
  expect(line.trim()).toBe(folder)

  holder.kill('SIGKILL')
  await once(holder, 'exit')
  const claim = await claimDataFolder(folder)
  expect(claim.path).toBe(folder)
  await claim.release()
})
