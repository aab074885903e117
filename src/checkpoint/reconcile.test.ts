import { expect, it } from 'vitest'
import { reconcile } from './reconcile.js'

const PLAN = { size: 250, partSize: 100, count: 3 }
const part = (partNumber: number, size = 100, etag = '"A"', crc64: string | undefined = '1') => ({
  partNumber,
  size,
  etag,
  crc64,
})

it('keeps what OSS lists as the record has it', () => {
  const recorded = [part(1), part(3, 50)]
  expect(reconcile(PLAN, recorded, recorded)).toEqual({ kept: recorded, toProve: [] })
})

it.each([
  ['the record has not heard of', []],
  ['the record has by another ETag', [part(1, 100, '"B"')]],
  ['the record has by another CRC-64', [part(1, 100, '"A"', '2')]],
])('leaves to the bytes what %s', (_what, recorded) => {
  expect(reconcile(PLAN, [part(1)], recorded)).toEqual({ kept: [], toProve: [part(1)] })
})

it('passes over what the plan does not have, or has by another size', () => {
  const listed = [part(1, 99), part(3), part(4)]
  expect(reconcile(PLAN, listed, listed)).toEqual({ kept: [], toProve: [] })
})

it('sends again what OSS does not list', () => {
  expect(reconcile(PLAN, [], [part(1)])).toEqual({ kept: [], toProve: [] })
})
