import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { namesRealBucket } from './env-file.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'env-file-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

function envFile(text: string): string {
  const path = join(folder, '.env')
  writeFileSync(path, text)
  return path
}

test('without an env file the demo is local', () => {
  expect(namesRealBucket(join(folder, 'absent'))).toBe(false)
})

test('an env file of other settings keeps the demo local', () => {
  expect(namesRealBucket(envFile('PORT=8080\nOSS_BUCKET=\n'))).toBe(false)
})

test('an env file that names a bucket or a role means Alibaba Cloud', () => {
  expect(namesRealBucket(envFile('OSS_BUCKET=my-bucket\n'))).toBe(true)
  expect(namesRealBucket(envFile('STS_ROLE_ARN="acs:ram::1:role/upload"\n'))).toBe(true)
})
