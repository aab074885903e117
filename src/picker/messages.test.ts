import { describe, expect, it } from 'vitest'
import { loadMessages } from './languages.js'
import { en, type Messages } from './messages.js'
import { zh } from './messages-zh.js'

type Message = string | ((...values: unknown[]) => string)

/** Every message by its place, such as `doing.paused`. */
function leaves(messages: object, place = ''): [place: string, message: Message][] {
  return Object.entries(messages).flatMap(([name, message]) =>
    typeof message === 'object'
      ? leaves(message, `${place}${name}.`)
      : [[place + name, message] as [string, Message]],
  )
}

const placesOf = (messages: Messages) => leaves(messages).map(([place]) => place)

it('says in Chinese all that it says in English, and nothing else', () => {
  expect(placesOf(zh).sort()).toEqual(placesOf(en).sort())
})

describe.each([
  ['English', en],
  ['Chinese', zh],
])('%s', (_, messages) => {
  it('leaves no message empty', () => {
    const empty = leaves(messages).filter(
      ([, message]) => typeof message === 'string' && message.trim() === '',
    )
    expect(empty).toEqual([])
  })

  it('says every value it is given', () => {
    for (const [place, message] of leaves(messages)) {
      if (typeof message === 'string') continue
      // The second value of `added` is only how many.
      const values = place === 'added' ? ['«1»'] : ['«1»', '«2»', '«3»'].slice(0, message.length)
      const spoken = message(...values)
      for (const value of values) expect(spoken, place).toContain(value)
      expect(spoken, place).not.toContain('undefined')
      for (const value of values) expect(spoken.replace(value, '').trim(), place).not.toBe('')
    }
  })
})

it('speaks of one file in the singular', () => {
  expect(en.added('1', true)).toBe('1 file added')
  expect(en.added('2', false)).toBe('2 files added')
})

it.each([
  ['zh', zh],
  ['zh-Hans-CN', zh],
  ['ZH-tw', zh],
  ['en', en],
  ['zha', en],
  ['fr', en],
  ['', en],
])('answers "%s" in a language it has', async (language, messages) => {
  expect(await loadMessages(language)).toBe(messages)
})
