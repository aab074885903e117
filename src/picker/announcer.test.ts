import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createAnnouncer } from './announcer.js'
import { createFormat } from './format.js'
import { en, type Messages } from './messages.js'
import { zh } from './messages-zh.js'

let said: string[]
let messages: Messages
let announcer: ReturnType<typeof createAnnouncer>

beforeEach(() => {
  vi.useFakeTimers()
  said = []
  messages = en
  announcer = createAnnouncer(
    (text) => said.push(text),
    (sentence) => sentence(messages, createFormat('en')),
  )
})

afterEach(() => {
  vi.useRealTimers()
})

it('says at once what does not come in numbers', () => {
  announcer.say(({ copied }) => copied)
  expect(said).toEqual(['Link copied'])
})

it('names the only one that is uploaded, after a second', () => {
  announcer.outcome('uploaded', ({ uploaded }) => uploaded('a.txt'))
  vi.advanceTimersByTime(999)
  expect(said).toEqual([])
  vi.advanceTimersByTime(1)
  expect(said).toEqual(['a.txt is uploaded'])
})

it('counts those that come within a second of the first', () => {
  for (const name of ['a', 'b', 'c']) {
    announcer.outcome('uploaded', ({ uploaded }) => uploaded(name))
    vi.advanceTimersByTime(400)
  }
  expect(said).toEqual(['3 files are uploaded'])
})

it('says in one sentence after the other what failed and what did not', () => {
  announcer.outcome('uploaded', ({ uploaded }) => uploaded('a.txt'))
  announcer.outcome('failed', ({ failedFile, reasons }) => failedFile('b.txt', reasons.network))
  vi.runAllTimers()
  expect(said).toEqual(['b.txt failed: the network did not answer. a.txt is uploaded'])
})

it('tells nothing twice', () => {
  announcer.outcome('failed', () => 'a')
  announcer.outcome('failed', () => 'b')
  vi.runAllTimers()
  announcer.outcome('uploaded', ({ uploaded }) => uploaded('c'))
  vi.runAllTimers()
  expect(said).toEqual(['2 files failed', 'c is uploaded'])
})

it('speaks the language of the moment it speaks in', () => {
  announcer.outcome('uploaded', ({ uploaded }) => uploaded('a.txt'))
  messages = zh
  vi.runAllTimers()
  expect(said).toEqual(['a.txt 已上传'])
})
