import { describe, expect, test } from 'vitest'
import { readCommandLine } from '../command-line.js'
import { withSection } from '../write-docs.js'
import { shown, spread } from './spread.js'
import { table } from './table.js'

describe('the report', () => {
  test('shows the median between the least and the most', () => {
    expect(shown(spread([3, 1, 2]), 1)).toBe('2.0 [1.0-3.0]')
    expect(shown(spread([4, 1, 2, 3]), 1)).toBe('2.5 [1.0-4.0]')
    expect(shown(spread([4]), 1)).toBe('4.0')
    expect(shown(spread([]), 1)).toBe('–')
  })

  test('lines up the columns of all rows', () => {
    expect(table([{ client: 'a', n: '10' }, { client: 'bc' }])).toBe(
      '| client | n  |\n| ------ | -- |\n| a      | 10 |\n| bc     |    |',
    )
  })

  test('replaces one section of the document', () => {
    const document = 'a\n<!-- bench x -->\nold\n<!-- /bench x -->\nb'
    expect(withSection(document, 'x', 'new')).toBe(
      'a\n<!-- bench x -->\n\nnew\n\n<!-- /bench x -->\nb',
    )
    expect(() => withSection(document, 'y', 'new')).toThrow('"y"')
  })
})

describe('the command line', () => {
  test('takes all cases and five runs by default', () => {
    expect(readCommandLine([], ['a', 'b'])).toMatchObject({ cases: ['a', 'b'], runs: 5 })
  })

  test('reads sizes with units', () => {
    expect(readCommandLine(['--size', '64MiB'], []).size).toBe(64 * 1024 * 1024)
    expect(() => readCommandLine(['--size', '1TB'], [])).toThrow(RangeError)
    expect(() => readCommandLine(['--size', '0'], [])).toThrow(RangeError)
  })

  test('refuses a case it does not know', () => {
    expect(() => readCommandLine(['--case', 'c'], ['a', 'b'])).toThrow('only a, b')
  })
})
