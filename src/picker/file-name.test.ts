import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { freeKey, screenshotName, shownName, splitName, typeLabel } from './file-name.js'

const HAN = '한'.normalize('NFD')
const LETTERS = ['a', '.', 'é', '文', '😀', HAN, '👨‍👩‍👧', '🇩🇪']
const letters = fc.array(fc.constantFrom(...LETTERS))

describe('a name that is shown', () => {
  it.each([
    ['photo\u202Egpj.exe', 'photogpj.exe'],
    ['\u2067ann\u2069ex.scr\u200F', 'annex.scr'],
    ['\u061Cنص\u200E.txt', 'نص.txt'],
    ['two\nlines\u2028\u0085\u0000.txt', 'twolines.txt'],
  ])('does not seem to be another: %j', (name, shown) => {
    expect(shownName(name)).toBe(shown)
  })

  it('keeps what belongs to its letters', () => {
    const family = 'می\u200Cخواهم 👨‍👩‍👧 é.png'
    expect(shownName(family)).toBe(family)
  })
})

describe('a name that is cut', () => {
  it('keeps its last ten characters', () => {
    expect(splitName('holiday-IMG_0041.jpg')).toEqual(['holiday-IM', 'G_0041.jpg'])
    expect(splitName('a.txt')).toEqual(['', 'a.txt'])
    expect(splitName('')).toEqual(['', ''])
  })

  it('is whole when put together, and never cut through what a reader takes for one character', () => {
    fc.assert(
      fc.property(letters, (all) => {
        expect(splitName(all.join(''))).toEqual([
          all.slice(0, -10).join(''),
          all.slice(-10).join(''),
        ])
      }),
    )
  })

  it.each([
    ['דוח שנתי ארוך מאוד.pdf', ['דוח שנתי ארו', 'ך מאוד.pdf']],
    ['final report דוח.pdf', ['final repo', 'rt דוח.pdf']],
    ['2026 דוח.pdf', ['2026 דוח.pdf', '']],
    ['דוח report2026.pdf', ['דוח report2026.pdf', '']],
    ['report דוח שנתי.pdf', ['report דוח שנתי.pdf', '']],
  ])('of both directions keeps their order: %s', (name, cut) => {
    expect(splitName(name)).toEqual(cut)
  })

  it('is cut between code points by a browser that does not know more', () => {
    vi.stubGlobal('Intl', {})
    expect(splitName('holiday-😀G_0041.jpg')).toEqual(['holiday-😀', 'G_0041.jpg'])
    vi.unstubAllGlobals()
  })
})

describe('the label of a type', () => {
  it.each([
    ['report.pdf', 'PDF'],
    ['logs.tar.gz', 'GZ'],
    ['notes.markdown', 'MARK'],
    [`a.${HAN}글`, `${HAN}글`],
    ['Makefile', ''],
    ['.gitignore', ''],
    ['ends.', ''],
  ])('of %s is "%s"', (name, label) => {
    expect(typeLabel(name)).toBe(label)
  })
})

describe('a pasted picture', () => {
  const at = new Date(2026, 2, 9, 7, 5, 3)

  it('is named by when it was pasted, on the clock of the user', () => {
    expect(screenshotName('image/png', at)).toBe('screenshot-2026-03-09-07-05-03.png')
  })

  it('ends by its type', () => {
    expect(screenshotName('image/jpeg', at)).toMatch(/\.jpeg$/)
    expect(screenshotName('image/svg+xml', at)).toMatch(/\.svg$/)
    expect(screenshotName('', at)).toMatch(/\.png$/)
  })
})

describe('a key that is free', () => {
  it.each([
    ['a.txt', 'a (2).txt'],
    ['logs.tar.gz', 'logs.tar (2).gz'],
    ['README', 'README (2)'],
    ['.env', '.env (2)'],
    ['v1.2/README', 'v1.2/README (2)'],
    ['v1.2/.env', 'v1.2/.env (2)'],
  ])('after %s is %s', (key, next) => {
    expect(freeKey(key, (other) => other === key)).toBe(next)
  })

  it('is the key itself, where nobody has it', () => {
    expect(freeKey('a.txt', () => false)).toBe('a.txt')
  })

  it('has a number that nobody has', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 2, max: 40 }))
    fc.assert(
      fc.property(numbers, (some) => {
        const taken = new Set(['a.txt', ...some.map((number) => `a (${number}).txt`)])
        const free = freeKey('a.txt', (key) => taken.has(key))
        expect(free).toMatch(/^a \(\d+\)\.txt$/)
        expect(taken).not.toContain(free)
      }),
    )
  })

  it('has the next number, which is found without asking about each', () => {
    const taken = new Set(['a.txt'])
    let asked = 0
    const isTaken = (key: string) => {
      asked++
      return taken.has(key)
    }
    for (let number = 2; number <= 10_000; number++) {
      const key = freeKey('a.txt', isTaken)
      expect(key).toBe(`a (${number}).txt`)
      taken.add(key)
    }
    expect(asked).toBeLessThan(10_000 * 30)
  })
})
