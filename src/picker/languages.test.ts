import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createWords } from './languages.js'
import { en } from './messages.js'

beforeEach(() => vi.stubGlobal('ShadowRoot', class {}))
afterEach(() => vi.unstubAllGlobals())

function setUp() {
  const element = { closest: () => null, getRootNode: () => ({}) } as unknown as Element
  const changed = vi.fn()
  return { changed, words: createWords(element, changed) }
}

it('leaves the other reasons as they are where the application words one', async () => {
  const { changed, words } = setUp()
  words.replace({ reasons: { network: 'no line.' }, doing: { paused: 'Held' }, removed: String })
  await vi.waitFor(() => expect(changed).toHaveBeenCalled())
  expect(words.messages()).toEqual({
    ...en,
    reasons: { ...en.reasons, network: 'no line.' },
    doing: { ...en.doing, paused: 'Held' },
    removed: String,
  })
})

it('keeps its own words where the application has none, such as a translation that is missing', async () => {
  const { changed, words } = setUp()
  const missing = { pause: undefined, files: null, doing: { paused: undefined }, reasons: null }
  words.replace({ ...missing, dropHere: '' } as object)
  await vi.waitFor(() => expect(changed).toHaveBeenCalled())
  expect(words.messages()).toEqual({ ...en, dropHere: '' })
})
