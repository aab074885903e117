import { describe, expect, it, vi } from 'vitest'
import { OssFileError, OssNetworkError, OssStorageError } from '../index.js'
import { en } from './messages.js'
import { choice, problemOf, savedUpload, scriptedTask, setUp } from './testing/scripted-list.js'

const NO_LINE = new OssNetworkError('no line', { code: 'network', retryable: true })
const OTHER_FILE = new OssFileError('other', { code: 'different-file', retryable: false })
const NO_DATABASE = new OssStorageError('no database', { code: 'storage', retryable: true })

describe('what an earlier visit left', () => {
  it('is on top, once', async () => {
    const { add, list, uploader, names, statuses } = setUp({
      saved: [savedUpload('old'), savedUpload('blob', { name: '' }), savedUpload('new')],
    })
    await add('new')
    await list.restore(uploader)
    await list.restore(uploader)
    expect(names()).toEqual(['old', 'blob', 'new'])
    expect(statuses()).toEqual(['saved', 'saved', 'uploading'])
  })

  it('is asked for under the prefix, and its absence is no error', async () => {
    const { list, uploader } = setUp({ prefix: () => 'me/' })
    const resumable = vi.spyOn(uploader, 'resumable').mockRejectedValue(NO_LINE)
    await list.restore(uploader)
    expect(resumable).toHaveBeenCalledWith({ prefix: 'me/' })
    expect(list.items).toEqual([])
  })

  it('goes on as the file of its name that is chosen again', async () => {
    const { add, list, uploader, names, keys } = setUp({ saved: [savedUpload('a')] })
    await list.restore(uploader)
    await add('b', 'a')
    expect([names(), keys()]).toEqual([
      ['b', 'a'],
      ['b', 'a'],
    ])
  })

  it.each([
    ['another tab is at it', { runsIn: 'other-tab' }],
    ['it was finished meanwhile', { loaded: 3, needsFile: false }],
  ] as const)('is shown at work when %s', async (_, more) => {
    const { list, uploader, statuses } = setUp({
      saved: [savedUpload('a', more), savedUpload('b')],
    })
    await list.restore(uploader)
    expect(statuses()).toEqual(['uploading', 'saved'])
  })

  it('goes on with the file that is given, or says why it cannot', async () => {
    const resume = vi.fn().mockRejectedValueOnce(OTHER_FILE).mockResolvedValue(scriptedTask('a'))
    const { list, uploader, item, statuses } = setUp({ saved: [savedUpload('a', { resume })] })
    await list.restore(uploader)
    list.give(item(0), choice('b'))
    await vi.waitFor(() => expect(problemOf(item(0))).toBe(en.reasons['different-file']))
    const { file } = choice('a')
    list.give(item(0), choice('a', { file }))
    await vi.waitFor(() => expect(statuses()).toEqual(['uploading']))
    expect(resume).toHaveBeenLastCalledWith(file)
    expect(problemOf(item(0))).toBeUndefined()
  })

  it('is looked at again when the user comes back: another tab may be at it, or done with it', async () => {
    const ended = savedUpload('ended')
    const taken = savedUpload('taken')
    const left = savedUpload('left')
    const { list, uploader, names, statuses, add } = setUp()
    const resumable = vi.spyOn(uploader, 'resumable').mockResolvedValue([ended, taken, left])
    await list.restore(uploader)
    await add('own')
    const elsewhere = savedUpload('taken', { runsIn: 'other-tab' })
    resumable.mockResolvedValue([elsewhere, left, savedUpload('unknown here')])
    await list.lookAgain()
    expect([names(), statuses()]).toEqual([
      ['taken', 'left', 'own'],
      ['uploading', 'saved', 'uploading'],
    ])
    resumable.mockRejectedValue(NO_LINE)
    await list.lookAgain()
    expect(names()).toEqual(['taken', 'left', 'own'])
  })

  it('stays where its record cannot be read now, and goes when another tab is done with the last one', async () => {
    const { list, uploader, names, add, keys } = setUp()
    const resumable = vi.spyOn(uploader, 'resumable').mockResolvedValue([savedUpload('a')])
    await list.restore(uploader)
    resumable.mockRejectedValue(NO_DATABASE)
    await list.lookAgain()
    expect(names()).toEqual(['a'])
    resumable.mockResolvedValue([])
    await list.lookAgain()
    expect(names()).toEqual([])
    // What the other tab has stored is not overwritten.
    await add('a')
    expect(keys()).toEqual(['a (2)'])
  })

  it('is looked for under the prefix alone, lest another user’s be touched; what is not under it stays', async () => {
    let prefix = ''
    const { list, uploader, names } = setUp({ prefix: () => prefix })
    const resumable = vi.spyOn(uploader, 'resumable')
    resumable.mockResolvedValue(['old/a', 'me/b', 'me/c'].map((key) => savedUpload(key)))
    await list.restore(uploader)
    prefix = 'me/'
    resumable.mockResolvedValue([savedUpload('me/b')])
    await list.lookAgain()
    expect(resumable).toHaveBeenLastCalledWith({ prefix: 'me/' })
    expect(names()).toEqual(['old/a', 'me/b'])
  })

  it('is not looked for again where nothing is unfinished', async () => {
    const { list, uploader, add } = setUp()
    const resumable = vi.spyOn(uploader, 'resumable')
    await add('own')
    await list.lookAgain()
    expect(resumable).not.toHaveBeenCalled()
  })

  it('is not discarded, but shown, where another tab has taken it up', async () => {
    const discard = vi.fn()
    const { list, uploader, item, statuses } = setUp()
    const resumable = vi.spyOn(uploader, 'resumable')
    resumable.mockResolvedValue([savedUpload('a', { discard })])
    await list.restore(uploader)
    resumable.mockResolvedValue([savedUpload('a', { discard, runsIn: 'other-tab' })])
    await list.remove(item(0))
    expect([statuses(), discard.mock.calls]).toEqual([['uploading'], []])
  })

  it('is resumed once when it is asked for twice', async () => {
    const task = scriptedTask('a')
    const resume = vi.fn().mockResolvedValue(task)
    const { list, uploader, item, happened } = setUp({ saved: [savedUpload('a', { resume })] })
    await list.restore(uploader)
    list.resume(item(0))
    list.resume(item(0))
    await vi.waitFor(() => expect(item(0).task).toBe(task))
    task.succeed()
    await vi.waitFor(() => expect(happened).toEqual(['success a']))
    expect(resume).toHaveBeenCalledTimes(1)
  })

  it('wants its file where what is on record of it cannot be read', async () => {
    const gone = new OssFileError('gone', { code: 'file-unreadable', retryable: false })
    const resume = vi.fn().mockRejectedValueOnce(gone).mockResolvedValue(scriptedTask('a'))
    const saved = savedUpload('a', { resume, needsFile: false })
    const { list, uploader, item } = setUp({ saved: [saved] })
    await list.restore(uploader)
    list.resume(item(0))
    await vi.waitFor(() => expect(problemOf(item(0))).toBe(en.reasons['file-unreadable']))
    expect(item(0).needsChoice).toBe(true)
    const file = new File(['abc'], 'a')
    list.give(item(0), { file, path: 'a' })
    await vi.waitFor(() => expect(item(0).task).toBeDefined())
    expect(resume).toHaveBeenLastCalledWith(file)
  })

  it('stays, and so does what another tab is at, when all else goes', async () => {
    const elsewhere = scriptedTask('b')
    const cancel = vi.spyOn(elsewhere, 'cancel')
    const saved = [
      savedUpload('a'),
      savedUpload('b', { runsIn: 'other-tab', resume: async () => elsewhere }),
    ]
    const { add, list, uploader, names } = setUp({ saved })
    await list.restore(uploader)
    await add('c')
    list.reset()
    expect(names()).toEqual(['a', 'b'])
    expect(cancel).not.toHaveBeenCalled()
  })

  it('is gone on with by one picker, and its row in another is left alone', async () => {
    const saved = [savedUpload('a')]
    const first = setUp({ saved })
    const second = setUp({ saved, uploader: () => first.uploader })
    await first.list.restore(first.uploader)
    await second.add('a')
    expect(first.names()).toEqual(['a'])
    expect([first.list.counts.other, second.list.counts.other]).toEqual([1, 0])
    expect(second.list.counts.open).toBe(1)
    // The uploader counts it among its own now; what the other one is at keeps its key.
    saved.pop()
    await first.list.lookAgain()
    first.task(0).fail(NO_LINE)
    await vi.waitFor(() => expect(second.statuses()).toEqual(['failed']))
    second.list.retry(second.item(0))
    expect(first.keys()).toEqual(['a', 'a'])
  })

  it('is not lost to another file of its name', async () => {
    const { add, list, uploader, names, keys } = setUp({ saved: [savedUpload('a', { size: 99 })] })
    await list.restore(uploader)
    await add('a')
    expect(names()).toEqual(['a', 'a'])
    expect(keys()).toEqual(['a (2)'])
  })

  it('is discarded when it is removed, and stays where that fails', async () => {
    const taken = new OssStorageError('taken up', { code: 'storage', retryable: false })
    const discard = vi.fn().mockRejectedValueOnce(taken).mockResolvedValue(undefined)
    const { list, uploader, item } = setUp({ saved: [savedUpload('a', { discard })] })
    await list.restore(uploader)
    list.remove(item(0))
    await vi.waitFor(() => expect(problemOf(item(0))).toBe(en.reasons.storage))
    const only = item(0)
    list.remove(only)
    list.remove(only)
    await vi.waitFor(() => expect(list.items).toEqual([]))
    await vi.waitFor(() => expect(discard).toHaveBeenCalledTimes(2))
    expect(list.counts.other).toBe(0)
  })
})
