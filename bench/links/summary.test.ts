import { expect, test } from 'vitest'
import { OURS } from '../variants.js'
import { type LinkVariant, OURS_AGAIN, planCase } from './cases.js'
import type { MeasuredVariant } from './measure-case.js'
import { caseRows, overviewRow, summarizeCase } from './summary.js'

function measured(name: string, kind: LinkVariant['kind'], mbit: number[]): MeasuredVariant {
  const variant = { name, kind, client: 'bare', settings: {}, expectedMs: 1 } as const
  return { variant, mbit, failures: mbit.some(Number.isNaN) ? ['Answered 500.'] : [] }
}

test('compares ours round by round with the fixed setting and the library of the highest median', () => {
  const summary = summarizeCase([
    measured(OURS, 'ours', [90, 50, 80]),
    measured(OURS_AGAIN.name, 'ours', [90, 100, 80]),
    measured('1 MiB x 6', 'fixed', [10, 200, 20]),
    measured('8 MiB x 4', 'fixed', [100, 50, 100]),
    measured('cos', 'others', [45, 25, 40]),
  ])
  expect(overviewRow('line', summary)).toEqual({
    link: 'line',
    'ours Mbit/s': '80.0 [50.0-90.0]',
    'best fixed': '8 MiB x 4',
    'ours / best fixed': '0.90 [0.80-1.00]',
    'best library': 'cos',
    'ours / best library': '2.00 [2.00-2.00]',
    'A/A': '1.00 [0.50-1.00]',
    n: '3',
  })
})

test('keeps the rounds together where one failed, and tells of it', () => {
  const summary = summarizeCase([
    measured(OURS, 'ours', [10, 20, 30]),
    measured('8 MiB x 4', 'fixed', [Number.NaN, 20, 30]),
  ])
  const [, row] = caseRows(summary)
  expect(row).toEqual({
    variant: '8 MiB x 4',
    'Mbit/s': '25.0 [20.0-30.0]',
    'ours / it': '1.00 [1.00-1.00]',
    n: '2',
    failed: '1',
  })
})

test('runs those fixed settings that the model puts near the best, or all', () => {
  const fixed = (grid: 'near' | 'all' | 'none') =>
    planCase('capped-50', { sizeMib: 16, grid, others: false }).variants.filter(
      ({ kind }) => kind === 'fixed',
    )
  const near = fixed('near').map(({ name }) => name)
  expect(near).toContain('1 MiB x 6')
  expect(near).not.toContain('whole')
  expect(fixed('all').length).toBeGreaterThan(near.length)
  expect(fixed('all').map(({ name }) => name)).toContain('whole')
  expect(fixed('none')).toEqual([])
})
