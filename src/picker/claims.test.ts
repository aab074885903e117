import { describe, expect, it, vi } from 'vitest'
import { OssFileError, OssNetworkError, type Uploader } from '../index.js'
import { kindOf } from './item.js'
import { en } from './messages.js'
import { choice, problemOf, savedUpload, scriptedTask, setUp } from './testing/scripted-list.js'
import { needsAnotherChoice } from './view-model.js'

const NO_LINE = new OssNetworkError('no line', { code: 'network', retryable: true })
const CHANGED = new OssFileError('changed', { code: 'file-changed', retryable: false })

describe('two files of one name', () => {
  it('do not take each other’s place when the one that failed is tried again', async () => {
    const here = setUp()
    const there = setUp({ uploader: () => here.uploader })
    await here.add('a.txt')
    here.task(0).fail(NO_LINE)
    await there.add('a.txt')
    here.task(1).succeed()
    await vi.waitFor(() => expect(there.item(0).result).toBeDefined())
    here.list.retry(here.item(0))
    expect(here.keys()).toEqual(['a.txt', 'a.txt', 'a (2).txt'])
  })

  it('nor when the uploader is another one meanwhile, which may go to the same bucket', async () => {
    const first = setUp()
    const second = setUp()
    let uploader: Uploader = first.uploader
    const { add } = setUp({ uploader: () => uploader })
    await add('a.txt')
    first.task(0).succeed()
    await first.task(0).done
    uploader = second.uploader
    await add('a.txt')
    expect(second.keys()).toEqual(['a (2).txt'])
  })

  it('nor when the row of the first is gone and it was stored all the same', async () => {
    const { add, list, item, task, keys } = setUp()
    await add('a.txt')
    task(0).become({ status: 'completing' })
    task(0).cancel.mockImplementation(async () => {})
    await list.remove(item(0))
    await add('a.txt')
    task(0).succeed()
    await task(0).done
    await add('a.txt')
    expect(keys()).toEqual(['a.txt', 'a (2).txt', 'a (3).txt'])
  })

  it('but one that was cancelled gives its name up', async () => {
    const { add, list, item, keys } = setUp()
    await add('a.txt')
    await list.remove(item(0))
    await vi.waitFor(async () => {
      await add('a.txt')
      expect(keys().at(-1)).toBe('a.txt')
    })
  })
})

describe('a list that nobody sees any more', () => {
  it('leaves what is unfinished to the next of its uploader, which steers it', async () => {
    let isShown = true
    const saved = [savedUpload('old.bin')]
    const before = setUp({ isShown: () => isShown, saved })
    await before.list.restore(before.uploader)
    await before.add('moving.bin', 'done.bin')
    before.task(1).succeed()
    await vi.waitFor(() => expect(before.item(2).result).toBeDefined())
    isShown = false
    const { list, names, item, happened } = setUp({ uploader: () => before.uploader })
    await list.restore(before.uploader)
    expect(names()).toEqual(['old.bin', 'moving.bin'])
    list.pause(item(1))
    expect(before.task(0).pause).toHaveBeenCalledOnce()
    before.task(0).succeed()
    await vi.waitFor(() => expect(happened).toContain('success moving.bin'))
    expect(before.names()).toEqual(['done.bin'])
    expect(before.happened).not.toContain('success moving.bin')
  })

  it('leaves it also where nobody can tell what an earlier visit began', async () => {
    let isShown = true
    const before = setUp({ isShown: () => isShown })
    await before.add('moving.bin')
    isShown = false
    vi.spyOn(before.uploader, 'resumable').mockRejectedValue(NO_LINE)
    const { list, names } = setUp({ uploader: () => before.uploader })
    expect(await list.restore(before.uploader)).toBe(false)
    expect(names()).toEqual(['moving.bin'])
    expect(await list.restore(before.uploader)).toBe(false)
    expect(names()).toEqual(['moving.bin'])
  })

  it('leaves nothing that was removed, though it may be stored yet', async () => {
    let isShown = true
    const before = setUp({ isShown: () => isShown })
    await before.add('a')
    before.task(0).cancel.mockImplementation(async () => {})
    await before.list.remove(before.item(0))
    isShown = false
    const { list, names } = setUp({ uploader: () => before.uploader })
    await list.restore(before.uploader)
    expect(names()).toEqual([])
  })

  it('keeps what another one shows', async () => {
    const before = setUp()
    await before.add('moving.bin')
    const { list, names } = setUp({ uploader: () => before.uploader })
    await list.restore(before.uploader)
    expect([names(), before.names()]).toEqual([[], ['moving.bin']])
  })

  it('does not find its own upload once more when its uploader is another one', async () => {
    const first = setUp()
    let uploader: Uploader = first.uploader
    const saved = [savedUpload('a.bin', { runsIn: 'other-tab' }), savedUpload('b.bin')]
    const second = setUp({ saved })
    const { add, list, names } = setUp({ uploader: () => uploader })
    await add('a.bin')
    uploader = second.uploader
    await list.restore(second.uploader)
    expect(names()).toEqual(['b.bin', 'a.bin'])
  })
})

describe('a file that is chosen again', () => {
  it('is taken by the rules, like any other, and under its own name', async () => {
    const rules = { accept: '.jpg', maxFiles: 1, maxSize: 10, minSize: 0 }
    const beforeUpload = vi.fn(async () => true)
    const { add, list, item, task, keys, names, statuses } = setUp({
      rules: () => rules,
      beforeUpload: () => beforeUpload,
    })
    await add('a.jpg')
    await vi.waitFor(() => expect(keys()).toEqual(['a.jpg']))
    task(0).fail(CHANGED)
    list.give(item(0), choice('film.exe'))
    expect([problemOf(item(0)), statuses()]).toEqual([en.notAccepted, ['failed']])
    list.give(item(0), choice('b.jpg'))
    await vi.waitFor(() => expect(keys()).toEqual(['a.jpg', 'b.jpg']))
    expect([names(), beforeUpload.mock.calls.length]).toEqual([['b.jpg'], 2])
  })

  it('takes the place of the one that failed, though there is no room for another', async () => {
    const rules = { accept: '', maxFiles: 1, maxSize: 10, minSize: 0 }
    const { add, task, names, statuses } = setUp({ rules: () => rules })
    await add('a')
    task(0).fail(NO_LINE)
    await add('a')
    expect([names(), statuses()]).toEqual([['a'], ['uploading']])
  })

  it('is this form’s, though another tab had begun it, and is at hand for another try', async () => {
    const tasks = [scriptedTask('a'), scriptedTask('a')]
    const resume = vi.fn(async () => tasks.shift() ?? scriptedTask('a'))
    const { list, item, uploader } = setUp({
      saved: [savedUpload('a', { runsIn: 'other-tab', resume })],
    })
    const [task] = tasks
    await list.restore(uploader)
    expect(kindOf(item(0))).toBe('other')
    task?.become({ status: 'waiting', waitingFor: 'file' })
    const given = choice('a')
    list.give(item(0), given)
    expect(kindOf(item(0))).toBe('open')
    task?.fail(NO_LINE)
    list.retry(item(0))
    await vi.waitFor(() => expect(resume).toHaveBeenLastCalledWith(given.file))
  })
})

it('a file that is not the one an earlier visit began is not tried again: another one is asked for', async () => {
  const task = scriptedTask('a')
  const saved = [savedUpload('a', { resume: async () => task })]
  const { list, item, uploader } = setUp({ saved })
  await list.restore(uploader)
  list.give(item(0), choice('wrong'))
  await vi.waitFor(() => expect(item(0).task).toBe(task))
  task.fail(new OssFileError('other', { code: 'different-file', retryable: false }))
  expect(needsAnotherChoice(item(0))).toBe(true)
})

describe('the number of files', () => {
  it('holds for what an earlier visit left, too', async () => {
    const rules = { accept: '', maxFiles: 1, maxSize: 10, minSize: 0 }
    const { add, list, item, statuses, uploader } = setUp({
      rules: () => rules,
      saved: [savedUpload('old', { needsFile: false })],
    })
    await list.restore(uploader)
    await add('new')
    list.resume(item(0))
    list.give(item(0), choice('old'))
    expect([problemOf(item(0)), statuses()]).toEqual([en.tooMany('1'), ['saved', 'uploading']])
  })

  it('where it is one, a file that is refused takes no place from the next', async () => {
    const { list, statuses } = setUp({
      multiple: () => false,
      rules: () => ({ accept: '.jpg', maxFiles: 1, maxSize: 10, minSize: 0 }),
    })
    await list.add([choice('bad.exe'), choice('good.jpg'), choice('late.jpg')])
    expect(statuses()).toEqual(['uploading', 'refused'])
  })
})

describe('what goes', () => {
  it('holds nobody up who waits for an answer of the application', async () => {
    const beforeUpload = ({ path }: { path: string }) =>
      path === 'stuck' ? new Promise<never>(() => {}) : undefined
    const { add, list, item, keys } = setUp({ beforeUpload: () => beforeUpload })
    await add('stuck', 'next')
    await list.remove(item(0))
    await vi.waitFor(() => expect(keys()).toEqual(['next']))
  })

  it('takes along, when the form is reset, what was still being read of a folder', async () => {
    const { list, names } = setUp()
    async function* folder() {
      yield choice('a')
      list.reset()
      yield choice('b')
    }
    await list.add(folder())
    expect(names()).toEqual([])
  })
})
