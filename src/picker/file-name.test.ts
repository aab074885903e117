import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { freeKey, screenshotName, splitName, typeLabel } from './file-name.js'

const names = fc.array(fc.constantFrom('a', '.', 'é', '文', '😀')).map((all) => all.join(''))

describe('a name that is cut', () => {
  it('keeps its last ten characters', () => {
    expect(splitName('holiday-IMG_0041.jpg')).toEqual(['holiday-IM', 'G_0041.jpg'])
    expect(splitName('a.txt')).toEqual(['', 'a.txt'])
    expect(splitName('')).toEqual(['', ''])
  })

  it('is whole when put together, and never cut through a character', () => {
    fc.assert(
      fc.property(names, (name) => {
        const [start, end] = splitName(name)
        expect(start + end).toBe(name)
        expect([...start].length + [...end].length).toBe([...name].length)
        expect([...end].length).toBe(Math.min(10, [...name].length))
      }),
    )
  })
})

describe('the label of a type', () => {
  it.each([
    ['report.pdf', 'PDF'],
    ['logs.tar.gz', 'GZ'],
    ['notes.markdown', 'MARK'],
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

  it('has the first number that nobody has', () => {
    const taken = new Set(['a.txt', 'a (2).txt', 'a (4).txt'])
    expect(freeKey('a.txt', (key) => taken.has(key))).toBe('a (3).txt')
  })
})
