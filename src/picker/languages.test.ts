import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createWords } from './languages.js'
import { en } from './messages.js'

beforeEach(() => vi.stubGlobal('ShadowRoot', class {}))
afterEach(() => vi.unstubAllGlobals())

it('leaves the other reasons as they are where the application words one', async () => {
  const element = { closest: () => null, getRootNode: () => ({}) } as unknown as Element
  const changed = vi.fn()
  const words = createWords(element, changed)
  words.replace({ reasons: { network: 'no line.' }, doing: { paused: 'Held' }, removed: String })
  await vi.waitFor(() => expect(changed).toHaveBeenCalled())
  expect(words.messages()).toEqual({
    ...en,
    reasons: { ...en.reasons, network: 'no line.' },
    doing: { ...en.doing, paused: 'Held' },
    removed: String,
  })
})
