import { expect, it } from 'vitest'
import { createRateLimit } from './rate-limit.js'

it('lets so many pass in any minute and says how long the next has to wait', () => {
  let now = 0
  const limit = createRateLimit(2, () => now)
  expect(limit.secondsToWait('42')).toBeUndefined()
  now = 30_000
  expect(limit.secondsToWait('42')).toBeUndefined()
  expect(limit.secondsToWait('42')).toBe(30)
  expect(limit.secondsToWait('7')).toBeUndefined()
  now = 60_000
  expect(limit.secondsToWait('42')).toBeUndefined()
  expect(limit.secondsToWait('42')).toBe(30)
})

it('does not make a caller wait longer for having asked too early', () => {
  let now = 0
  const limit = createRateLimit(1, () => now)
  expect(limit.secondsToWait('42')).toBeUndefined()
  now = 59_000
  expect(limit.secondsToWait('42')).toBe(1)
  now = 60_000
  expect(limit.secondsToWait('42')).toBeUndefined()
})
