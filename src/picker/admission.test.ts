import { describe, expect, it } from 'vitest'
import { acceptTokens, isAccepted, type Rules, refusal } from './admission.js'
import { createFormat } from './format.js'
import { en } from './messages.js'

const ANYTHING: Rules = { accept: '', maxFiles: Infinity, maxSize: Infinity, minSize: 0 }
const PHOTO = { name: 'beach.JPG', type: 'image/jpeg', size: 2_000_000 }

const whyNot = (rules: Partial<Rules>, taken = 0, file = PHOTO) =>
  refusal({ file }, { ...ANYTHING, ...rules }, taken)?.(en, createFormat('en'))

describe('a type', () => {
  it.each([
    ['', true],
    [' , ', true],
    ['.jpg', true],
    ['.JPG', true],
    ['.png, .jpg', true],
    ['image/jpeg', true],
    ['IMAGE/*', true],
    ['application/pdf,*/*', true],
    ['.png', false],
    ['jpg, png', true],
    ['.png, jpg', false],
    ['image/png', false],
    ['video/*', false],
    ['image', true],
  ])('named by accept="%s": %s', (accept, isTaken) => {
    expect(isAccepted(PHOTO, accept)).toBe(isTaken)
  })

  it('that the browser does not know is told by the extension alone', () => {
    const unknown = { name: 'scan.heic', type: '' }
    expect(isAccepted(unknown, 'image/*,.heic')).toBe(true)
    expect(isAccepted(unknown, 'image/*')).toBe(false)
  })

  it('is looked for in a list without the gaps', () => {
    expect(acceptTokens(' .PDF ,, image/* ')).toEqual(['.pdf', 'image/*'])
    expect(acceptTokens('image/*, */*')).toEqual([])
  })
})

describe('a refusal', () => {
  it('is of what cannot be read, whatever else is wrong with it', () => {
    const choice = { file: PHOTO, isUnreadable: true }
    const rules = { ...ANYTHING, accept: '.png' }
    expect(refusal(choice, rules, 0)?.(en, createFormat('en'))).toBe('It cannot be read.')
  })

  it('is not spoken while everything is allowed', () => {
    expect(whyNot({})).toBeUndefined()
  })

  it('names the limit, which itself is allowed', () => {
    expect(whyNot({ maxSize: 2_000_000, minSize: 2_000_000 })).toBeUndefined()
    expect(whyNot({ maxSize: 1_999_999 })).toBe('Too large: 2 MB at most.')
    expect(whyNot({ minSize: 3_000_000 })).toBe('Too small: 3 MB at least.')
    expect(whyNot({ maxFiles: 3 }, 2)).toBeUndefined()
    expect(whyNot({ maxFiles: 3 }, 3)).toBe('Too many files: 3 at most.')
  })

  it('tells what another choice would not cure first', () => {
    const nothingFits = { accept: '.png', maxSize: 1, maxFiles: 0 }
    expect(whyNot(nothingFits)).toBe(en.notAccepted)
    expect(whyNot({ ...nothingFits, accept: '' })).toBe(en.tooLarge('1 byte'))
  })
})
