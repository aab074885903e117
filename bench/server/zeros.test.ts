import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createCrc64 } from '../../demo/oss-server/crc64.js'
import { crc64OfZeros, etagOfZeros } from './zeros.js'

test.each([0, 1, 10_000, 102_400, 1_000_003])('knows the CRC-64 and MD5 of %i zeros', (length) => {
  const bytes = new Uint8Array(length)
  const crc = createCrc64()
  crc.update(bytes)
  expect(crc64OfZeros(length)).toBe(crc.digest().toString())
  const md5 = createHash('md5').update(bytes).digest('hex').toUpperCase()
  expect(etagOfZeros(length)).toBe(`"${md5}"`)
})
