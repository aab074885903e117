import { describe, expect, it } from 'vitest'
import { OssFileError, OssNetworkError, type SavedUpload, type UploadState } from '../index.js'
import { createFormat } from './format.js'
import type { Choice, Item } from './item.js'
import { en, type Sentence } from './messages.js'
import { zh } from './messages-zh.js'
import { reasonOf, rowView, type Surroundings, totalView } from './view-model.js'

const ONLINE: Surroundings = {
  messages: en,
  format: createFormat('en'),
  isOnline: true,
  canCopy: true,
  isDisabled: false,
}
const NO_LINE = new OssNetworkError('no line', { code: 'network', retryable: true })
const CHANGED = new OssFileError('changed', { code: 'file-changed', retryable: false })
const choice = {} as Choice

const item = (more: Partial<Item> = {}): Item => ({
  id: 1,
  name: 'a.txt',
  size: 2_000_000,
  choice,
  ...more,
})

function doing(state: Partial<UploadState>, more: Partial<Item> = {}): Item {
  const usual = { status: 'uploading', runsIn: 'here', loaded: 0, bytesPerSecond: 0 } as const
  return item({ ...more, state: { ...usual, ...state } as UploadState })
}

function left(more: Partial<SavedUpload> = {}): Item {
  return item({ choice: undefined, saved: { loaded: 500_000, ...more } as SavedUpload })
}

const view = (of: Item, surroundings = ONLINE) => rowView(of, surroundings)

describe('the words of a row', () => {
  it.each([
    ['Preparing', 'busy', item()],
    ['Uploading', 'busy', doing({})],
    ['Checking', 'busy', doing({ status: 'completing' })],
    ['Paused', 'quiet', doing({ status: 'paused' })],
    ['Uploaded', 'done', doing({ status: 'succeeded' })],
    ['Unfinished from your last visit', 'quiet', left()],
    ['This file is not accepted.', 'bad', item({ isRefused: true })],
    ['Too large.', 'bad', item({ isRefused: true, problem: () => 'Too large.' })],
    ['Failed: the network did not answer.', 'bad', doing({ status: 'failed', error: NO_LINE })],
    ['Another file.', 'bad', doing({ status: 'waiting' }, { problem: () => 'Another file.' })],
  ] as const)('are "%s", and look %s', (words, tone, of) => {
    expect(view(of)).toMatchObject({ words, tone })
  })

  it('are of the language that is spoken now', () => {
    const problem: Sentence = (messages, format) => messages.tooLarge(format.bytes(3_000_000))
    const refused = item({ isRefused: true, problem })
    expect(view(refused).words).toBe('Too large: 3 MB at most.')
    const chinese = { ...ONLINE, messages: zh, format: createFormat('zh') }
    expect(view(refused, chinese).words).toBe('文件过大：最大 3 MB。')
  })

  it('say where it is uploaded, if not here', () => {
    expect(view(doing({ runsIn: 'background' })).words).toBe(en.doing.background)
    expect(view(doing({ runsIn: 'other-tab' })).words).toBe(en.doing['other-tab'])
    expect(view(doing({ runsIn: 'other-tab', status: 'paused' })).words).toBe(en.doing.paused)
  })

  it('say what it waits for', () => {
    const waiting = doing({ status: 'waiting', waitingFor: 'network' })
    expect(view(waiting).words).toBe(en.waiting.network)
    expect(view(waiting, { ...ONLINE, isOnline: false }).words).toBe(en.waiting.offline)
    expect(view(doing({ status: 'waiting', waitingFor: 'queue' })).words).toBe(en.waiting.queue)
    expect(view(doing({ status: 'waiting' })).words).toBe(en.waiting.retry)
  })

  it('know a reason for every error', () => {
    expect(reasonOf(CHANGED, en)).toBe(en.reasons['file-changed'])
    expect(reasonOf(new Error('a bug'), en)).toBe(en.reasons.other)
    expect(reasonOf(undefined, en)).toBe(en.reasons.other)
  })
})

describe('the facts of a row', () => {
  it('are size, speed and time left while it is uploaded', () => {
    const moving = doing({ loaded: 500_000, bytesPerSecond: 100_000, secondsLeft: 15 })
    expect(view(moving).facts).toEqual(['500 kB of 2 MB', '100 kB/s', '15 sec left'])
    expect(view(moving).progress).toBe(0.25)
  })

  it('leave out what is not known', () => {
    expect(view(doing({ bytesPerSecond: 100_000 })).facts).toEqual(['0 bytes of 2 MB', '100 kB/s'])
    expect(view(doing({ secondsLeft: 15 })).facts).toEqual(['0 bytes of 2 MB'])
  })

  it.each(['succeeded', 'failed', 'cancelled'] as const)(
    'are the size of one that %s',
    (status) => {
      const { facts, progress } = view(doing({ status, loaded: 500_000 }))
      expect(facts).toEqual(['2 MB'])
      expect(progress).toBeUndefined()
    },
  )

  it('tell how far an earlier visit came', () => {
    expect(view(left())).toMatchObject({ facts: ['500 kB of 2 MB'], progress: 0.25 })
  })

  it('have a number for an empty file', () => {
    expect(view(doing({}, { size: 0 })).progress).toBe(0)
  })
})

describe('the buttons of a row', () => {
  it.each([
    ['it is prepared', 'pause remove', doing({ status: 'preparing' })],
    ['it is uploaded', 'pause remove', doing({})],
    ['it is paused', 'resume remove', doing({ status: 'paused' })],
    ['it is completed', 'remove', doing({ status: 'completing' })],
    ['it waits', 'pause remove', doing({ status: 'waiting', waitingFor: 'retry' })],
    ['a file is wanted', 'choose remove', doing({ status: 'waiting', waitingFor: 'file' })],
    ['it may not read', 'allow remove', doing({ status: 'waiting', waitingFor: 'permission' })],
    ['the line failed', 'retry remove', doing({ status: 'failed', error: NO_LINE })],
    ['the file changed', 'choose remove', doing({ status: 'failed', error: CHANGED })],
    ['it is stored', 'remove', doing({ status: 'succeeded' })],
    ['it has a link', 'copy remove', doing({ status: 'succeeded' }, { link: '/a' })],
    ['an earlier visit wants a file', 'choose remove', left({ needsFile: true })],
    ['an earlier visit has its file', 'resume remove', left({ needsFile: false })],
    ['it is not taken yet', 'pause remove', item()],
    ['it is refused', 'remove', item({ isRefused: true })],
  ] as const)('where %s: %s', (_, actions, of) => {
    expect(view(of).actions.join(' ')).toBe(actions)
  })

  it('ask for a file to retry with, where there is none at hand', () => {
    const failed = doing({ status: 'failed', error: NO_LINE }, { choice: undefined })
    expect(view(failed).actions).toEqual(['choose', 'remove'])
  })
})

describe('the line above the list', () => {
  const total = (...items: Item[]) => totalView(items, ONLINE)

  it('is not there while the list is empty', () => {
    expect(total()).toBeUndefined()
  })

  it('counts files, and bytes', () => {
    const done = doing({ status: 'succeeded', loaded: 2_000_000 })
    expect(total(done, doing({ loaded: 1_000_000 }))).toMatchObject({
      summary: '1 of 2 uploaded, 75%',
      progress: 0.75,
    })
  })

  it('leaves out what is not to be uploaded', () => {
    const idle = [item({ isRefused: true }), doing({ status: 'cancelled' }), left()]
    expect(total(...idle)).toMatchObject({ summary: '', progress: 0 })
    expect(total(...idle, doing({ status: 'succeeded' }))?.summary).toBe('1 of 1 uploaded, 100%')
  })

  it('says 100% when every file is stored, and not when every byte is sent', () => {
    const sent = doing({ status: 'completing', loaded: 2_000_000 })
    expect(total(sent)?.summary).toBe('0 of 1 uploaded, 99%')
    const empty = { size: 0 }
    expect(total(doing({}, empty), doing({ status: 'succeeded' }, empty))?.progress).toBe(0.5)
  })

  it('offers what can be done to more than nothing, always in one order', () => {
    expect(total(left())?.actions).toEqual([])
    expect(total(doing({ status: 'failed', error: CHANGED }))?.actions).toEqual([])
    const everything = [
      doing({ status: 'succeeded' }),
      doing({ status: 'failed', error: NO_LINE }),
      doing({ status: 'paused' }),
      doing({}),
    ]
    expect(total(...everything)?.actions).toEqual([
      'pauseAll',
      'resumeAll',
      'retryFailed',
      'clearDone',
    ])
  })
})
