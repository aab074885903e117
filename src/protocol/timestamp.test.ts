import { expect, it } from 'vitest'
import { basicTimestamp, parseTimestamp } from './timestamp.js'

it('writes UTC without separators and fractions', () => {
  expect(basicTimestamp(Date.UTC(2025, 0, 2, 3, 4, 5, 678))).toBe('20250102T030405Z')
})

it('reads ISO 8601, with fractions and offsets', () => {
  const at = Date.UTC(2025, 0, 2, 3, 4, 5)
  expect(parseTimestamp('2025-01-02T03:04:05Z')).toBe(at)
  expect(parseTimestamp('2025-01-02T03:04:05.000Z')).toBe(at)
  expect(parseTimestamp('2025-01-02T11:04:05+08:00')).toBe(at)
})

it.each(['', 'soon', '2025-13-01T00:00:00Z'])('%j is no date', (text) => {
  expect(parseTimestamp(text)).toBeUndefined()
})
