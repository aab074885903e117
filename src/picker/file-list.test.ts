import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { OssNetworkError } from '../index.js'
import { en } from './messages.js'
import { choice, problemOf, setUp } from './testing/scripted-list.js'

const NO_LINE = new OssNetworkError('no line', { code: 'network', retryable: true })

describe('files that are chosen', () => {
  it('are uploaded in their order, under the prefix and the names of their folders', async () => {
    const { list, names, keys, happened } = setUp({ prefix: () => 'me/' })
    const count = await list.add([choice('b'), choice('a', { path: 'beach/a' })])
    expect(count).toBe(2)
    expect(names()).toEqual(['b', 'a'])
    expect(keys()).toEqual(['me/b', 'me/beach/a'])
    expect(happened).toEqual(['start b', 'start a'])
  })

  it('get a number where a file of their name is on its way or stored', async () => {
    const { add, keys, task } = setUp()
    await add('a.txt', 'a.txt')
    task(0).succeed()
    await add('a.txt')
    expect(keys()).toEqual(['a.txt', 'a (2).txt', 'a (3).txt'])
  })

  it('take the place of those that failed under their name', async () => {
    const { add, keys, task, list } = setUp()
    await add('a.txt')
    task(0).fail(NO_LINE)
    await add('a.txt')
    expect(keys()).toEqual(['a.txt', 'a.txt'])
    expect(list.items).toHaveLength(1)
  })

  it('are replaced by the next one where there may be one', async () => {
    const { add, names, task, statuses } = setUp({ multiple: () => false })
    await add('a')
    await add('b')
    expect(task(0).cancel).toHaveBeenCalledOnce()
    expect([names(), statuses()]).toEqual([['b'], ['uploading']])
  })

  it('do not replace each other: of several, the first is taken where there may be one', async () => {
    const rules = { accept: '', maxFiles: 1, maxSize: 3, minSize: 0 }
    const { add, statuses } = setUp({ multiple: () => false, rules: () => rules })
    await add('a', 'b')
    expect(statuses()).toEqual(['uploading', 'refused'])
  })

  it('are refused, in words, when there are too many or they are too large', async () => {
    const rules = { accept: '', maxFiles: 2, maxSize: 3, minSize: 0 }
    const { list, add, item, happened } = setUp({ rules: () => rules })
    const large = choice('large', { file: new File(['abcd'], 'large') })
    expect(await list.add([large, choice('a'), choice('b'), choice('c')])).toBe(2)
    expect(problemOf(item(0))).toBe('Too large: 3 bytes at most.')
    expect(problemOf(item(3))).toBe('Too many files: 2 at most.')
    expect(happened).toEqual(['reject large', 'start a', 'start b', 'reject c'])
    list.remove(item(1))
    expect(await add('d')).toBe(1)
  })

  it('are never too many, also when they come from two places at once', async () => {
    const rules = { accept: '', maxFiles: 3, maxSize: 3, minSize: 0 }
    const { add, tasks } = setUp({ rules: () => rules })
    await Promise.all([add('a', 'b', 'c'), add('d', 'e', 'f')])
    expect(tasks).toHaveLength(3)
  })

  it('keep their name once they are stored, whatever becomes of their rows', async () => {
    const { add, list, task, keys } = setUp()
    await add('a.txt')
    task(0).succeed()
    await vi.waitFor(() => expect(list.counts.stored).toBe(1))
    list.all.clearDone()
    await add('a.txt')
    expect(keys()).toEqual(['a.txt', 'a (2).txt'])
  })

  it('leave the one before them where they are refused', async () => {
    const { add, names, list, statuses } = setUp({
      multiple: () => false,
      rules: () => ({ accept: '.txt', maxFiles: 1, maxSize: 100, minSize: 0 }),
    })
    await add('a.txt')
    await add('b.exe')
    expect([names(), statuses()]).toEqual([
      ['a.txt', 'b.exe'],
      ['uploading', 'refused'],
    ])
    expect(list.counts.open).toBe(1)
  })

  it('are refused where the uploader throws, which is the developer’s to see', async () => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    onTestFinished(() => void vi.unstubAllGlobals())
    const { add, names, statuses, item, uploader } = setUp()
    vi.spyOn(uploader, 'upload').mockImplementationOnce(() => {
      throw new RangeError('The key is too long.')
    })
    await add('a')
    expect([statuses(), problemOf(item(0))]).toEqual([['refused'], en.refused])
    expect(report).toHaveBeenCalledWith(new RangeError('The key is too long.'))
    await add('a')
    expect([names(), statuses()]).toEqual([['a'], ['uploading']])
  })

  it('wait for an uploader', async () => {
    const { add, list, host, keys, item, statuses } = setUp()
    const uploader = vi.spyOn(host, 'uploader').mockReturnValue(undefined)
    await add('a', 'b', 'c')
    list.remove(item(1))
    expect(statuses()).toEqual(['checking', 'checking'])
    uploader.mockRestore()
    list.beginWaiting()
    await vi.waitFor(() => expect(keys()).toEqual(['a', 'c']))
  })

  it('wait for an uploader, paused or not', async () => {
    const { add, list, host, keys, item, statuses } = setUp()
    const uploader = vi.spyOn(host, 'uploader').mockReturnValue(undefined)
    await add('a', 'b')
    list.pause(item(0))
    list.pause(item(1))
    list.resume(item(1))
    uploader.mockRestore()
    list.beginWaiting()
    await vi.waitFor(() => expect(keys()).toEqual(['b']))
    expect(statuses()).toEqual(['paused', 'uploading'])
    list.resume(item(0))
    expect(keys()).toEqual(['b', 'a'])
  })

  it('are not uploaded when they are removed just before their turn', async () => {
    const { add, list, host, keys, item } = setUp()
    const uploader = vi.spyOn(host, 'uploader').mockReturnValue(undefined)
    await add('a', 'b', 'c')
    uploader.mockRestore()
    vi.spyOn(host, 'happened').mockImplementationOnce(() => list.remove(item(1)))
    list.beginWaiting()
    await vi.waitFor(() => expect(keys()).toContain('c'))
    expect(keys()).toEqual(['a', 'c'])
  })
})

describe('the application', () => {
  it.each([
    [false, en.refused],
    ['Not on Sundays.', 'Not on Sundays.'],
    ['', en.refused],
  ])('refuses with %s', async (answer, problem) => {
    const { add, item, sent, happened } = setUp({ beforeUpload: () => () => answer })
    await add('a')
    await vi.waitFor(() => expect(problemOf(item(0))).toBe(problem))
    expect(item(0).isRefused).toBe(true)
    expect([sent, happened]).toEqual([[], ['reject a']])
  })

  it.each([true, undefined, null])('lets go with %s', async (answer) => {
    const { add, sent } = setUp({ beforeUpload: () => async () => answer as true })
    await add('a')
    await vi.waitFor(() => expect(sent).toEqual([{ key: 'a' }]))
  })

  it('renames, and adds options', async () => {
    const answer = { key: 'b', storageClass: 'IA' } as const
    const { list, sent } = setUp({ prefix: () => 'me/', beforeUpload: () => () => answer })
    const handle = { kind: 'file', getFile: async () => new File([], 'a') } as const
    await list.add([choice('a', { handle })])
    await vi.waitFor(() => expect(sent).toEqual([{ ...answer, handle }]))
  })

  it('gives every file a name of its own, whatever it answers', async () => {
    const { add, keys } = setUp({ beforeUpload: () => async () => ({ key: 'same.txt' }) })
    await add('a', 'b')
    await vi.waitFor(() => expect(keys()).toEqual(['same.txt', 'same (2).txt']))
  })

  it('that fails lets nothing go, and sees its own error', async () => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    onTestFinished(() => void vi.unstubAllGlobals())
    const fault = async () => Promise.reject(new Error('a bug'))
    const { add, item, sent } = setUp({ beforeUpload: () => fault })
    await add('a')
    await vi.waitFor(() => expect(problemOf(item(0))).toBe(en.refused))
    expect(sent).toEqual([])
    expect(report).toHaveBeenCalledWith(new Error('a bug'))
  })

  it('that names a key that is no text has the file refused, and sees why', async () => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    onTestFinished(() => void vi.unstubAllGlobals())
    const { add, list, item, happened } = setUp({
      // The number of a record, in plain JavaScript.
      beforeUpload: () => () => ({ key: 7 as unknown as string }),
    })
    await add('a')
    await vi.waitFor(() => expect(report).toHaveBeenCalledWith(expect.any(TypeError)))
    expect([item(0)?.isRefused, problemOf(item(0))]).toEqual([true, en.refused])
    expect([happened, list.counts.open]).toEqual([['reject a'], 0])
  })

  it.each([true, false])('answers %s too late for a file that was removed', async (allowed) => {
    let answer: (isAllowed: boolean) => void = () => {}
    const asked = new Promise<boolean>((resolve) => {
      answer = resolve
    })
    const { add, list, item, sent, happened } = setUp({ beforeUpload: () => () => asked })
    await add('a')
    list.remove(item(0))
    answer(allowed)
    await asked
    await add()
    expect([sent, happened]).toEqual([[], []])
  })
})
