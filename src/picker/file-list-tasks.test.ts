import { describe, expect, it, vi } from 'vitest'
import { OssFileError, OssNetworkError } from '../index.js'
import { en } from './messages.js'
import { choice, problemOf, savedUpload, scriptedTask, setUp } from './testing/scripted-list.js'

const NO_LINE = new OssNetworkError('no line', { code: 'network', retryable: true })
const OTHER_FILE = new OssFileError('other', { code: 'different-file', retryable: false })
const handle = { kind: 'file', getFile: async () => new File([], 'a') } as const

describe('an upload', () => {
  it('is heard of when it begins, pauses and ends', async () => {
    const { add, task, happened } = setUp()
    await add('a', 'b')
    task(0).pause()
    task(0).become({ loaded: 2 })
    task(0).resume()
    task(0).succeed()
    task(1).fail(NO_LINE)
    const all = ['start a', 'start b', 'pause a', 'success a', 'error b']
    await vi.waitFor(() => expect(happened).toEqual(all))
  })

  it('hands what is stored to the application', async () => {
    const stored = vi.fn()
    const { add, task, item } = setUp({ stored })
    await add('a')
    task(0).succeed()
    await vi.waitFor(() => expect(stored).toHaveBeenCalledWith(item(0), { key: 'a' }))
    expect(item(0).result).toEqual({ key: 'a' })
  })

  it('that failed is tried again under its name', async () => {
    const { add, list, item, task, keys, statuses } = setUp()
    await add('a')
    task(0).fail(NO_LINE)
    list.retry(item(0))
    task(0).become({ loaded: 3 })
    expect([keys(), statuses()]).toEqual([['a', 'a'], ['uploading']])
  })

  it('goes on with a file that is given for one that changed, and with nothing of the old one', async () => {
    const { list, item, task, sent } = setUp()
    await list.add([choice('a', { handle })])
    task(0).fail(OTHER_FILE)
    list.give(item(0), choice('a', { file: new File(['longer'], 'a') }))
    expect(sent).toEqual([{ key: 'a', handle }, { key: 'a' }])
    expect(item(0).size).toBe(6)
  })

  it('says why the file that is given is not the one it waits for, until it goes on', async () => {
    const { add, list, item, task, happened } = setUp()
    await add('a')
    task(0).become({ status: 'waiting', waitingFor: 'file' })
    task(0).resume.mockImplementationOnce(() => {
      throw OTHER_FILE
    })
    list.give(item(0), choice('b'))
    expect(problemOf(item(0))).toBe(en.reasons['different-file'])
    expect(happened).toEqual(['start a', `a: ${en.reasons['different-file']}`])
    task(0).become({ status: 'uploading' })
    expect(problemOf(item(0))).toBeUndefined()
  })

  it('is cancelled when it is removed', async () => {
    const { add, list, item, task, happened } = setUp()
    await add('a')
    list.remove(item(0))
    expect(task(0).cancel).toHaveBeenCalledOnce()
    expect(list.items).toEqual([])
    await vi.waitFor(() => expect(happened).toEqual(['start a', 'cancel a']))
  })

  it.each(['succeed', 'fail'] as const)(
    'is only taken off the list when it did %s',
    async (end) => {
      const { add, list, item, task } = setUp()
      await add('a')
      task(0)[end](NO_LINE)
      list.remove(item(0))
      expect(task(0).cancel).not.toHaveBeenCalled()
      expect(list.items).toEqual([])
    },
  )
})

describe('what another tab is at', () => {
  it('goes on there when its row is removed here, and nothing more is told of it', async () => {
    const task = scriptedTask('a')
    const saved = [savedUpload('a', { runsIn: 'other-tab', resume: async () => task })]
    const { list, uploader, item, add, keys, happened } = setUp({ saved })
    await list.restore(uploader)
    task.become({ runsIn: 'other-tab' })
    await list.remove(item(0))
    await add('a')
    task.succeed()
    await task.done
    await add('a')
    expect(task.cancel).not.toHaveBeenCalled()
    expect(keys()).toEqual(['a (2)', 'a (3)'])
    expect(happened).toEqual(['start a', 'start a'])
  })

  it('waits for whoever shows it next, should it come here after that', async () => {
    const { add, list, item, task } = setUp()
    await add('a')
    task(0).become({ runsIn: 'other-tab' })
    await list.remove(item(0))
    task(0).become({ loaded: 2 })
    expect(task(0).pause).not.toHaveBeenCalled()
    task(0).become({ runsIn: 'here' })
    expect([task(0).state.status, task(0).cancel.mock.calls]).toEqual(['paused', []])
    task(0).resume()
    expect(task(0).state.status).toBe('uploading')
  })

  it('is no tab’s, and so cancelled, where it is in the background', async () => {
    const { add, list, item, task } = setUp()
    await add('a')
    task(0).become({ runsIn: 'background' })
    await list.remove(item(0))
    expect(task(0).cancel).toHaveBeenCalledOnce()
  })
})
