import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { OssFileError, OssNetworkError } from '../index.js'
import { kindOf } from './item.js'
import { choice, savedUpload, setUp } from './testing/scripted-list.js'

const NO_LINE = new OssNetworkError('no line', { code: 'network', retryable: true })

describe('all at once', () => {
  it('what can be paused is paused, and goes on', async () => {
    const { add, list, task, statuses } = setUp()
    await add('stored', 'paused', 'waiting', 'moving')
    task(0).succeed()
    task(1).pause()
    task(2).become({ status: 'waiting', waitingFor: 'queue' })
    list.all.pauseAll()
    const paused = ['succeeded', 'paused', 'paused', 'paused']
    await vi.waitFor(() => expect(statuses()).toEqual(paused))
    expect(task(1).pause).toHaveBeenCalledOnce()
    list.all.resumeAll()
    const moving = ['succeeded', 'uploading', 'uploading', 'uploading']
    await vi.waitFor(() => expect(statuses()).toEqual(moving))
  })

  it('what the application is still asked about is held back, and begins when it may', async () => {
    let answer: () => void = () => {}
    const asked = new Promise<void>((resolve) => {
      answer = resolve
    })
    const { add, list, keys, statuses, happened } = setUp({
      beforeUpload: () => () => asked.then(() => true),
    })
    await add('a', 'b')
    list.all.pauseAll()
    await vi.waitFor(() => expect(statuses()).toEqual(['paused', 'paused']))
    list.all.resumeAll()
    await vi.waitFor(() => expect(statuses()).toEqual(['checking', 'checking']))
    list.all.pauseAll()
    await vi.waitFor(() => expect(statuses()).toEqual(['paused', 'paused']))
    answer()
    await vi.waitFor(() =>
      expect(list.items.map(({ options }) => options?.key)).toEqual(['a', 'b']),
    )
    expect([keys(), statuses()]).toEqual([[], ['paused', 'paused']])
    list.all.resumeAll()
    await vi.waitFor(() => expect(keys()).toEqual(['a', 'b']))
    expect(happened.filter((what) => what.startsWith('pause'))).toHaveLength(4)
  })

  it('what failed is tried again, unless it wants another file', async () => {
    const { add, list, task, keys } = setUp()
    await add('a', 'changed', 'b')
    task(0).fail(NO_LINE)
    task(1).fail(new OssFileError('changed', { code: 'file-changed', retryable: false }))
    task(2).fail(NO_LINE)
    list.all.retryFailed()
    await vi.waitFor(() => expect(keys()).toContain('b'))
    await vi.waitFor(() => expect(keys().slice(3)).toEqual(['a', 'b']))
  })

  it('what is done leaves the list', async () => {
    const { add, list, task, names } = setUp()
    await add('a', 'b', 'c')
    task(0).succeed()
    task(2).succeed()
    list.all.clearDone()
    expect(names()).toEqual(['b'])
  })
})

it('always counts what is there', async () => {
  const anItem = fc.nat(9)
  const steps = fc.oneof(
    fc.constantFrom('add', 'restore', 'pauseAll', 'resumeAll', 'retryFailed', 'clearDone'),
    fc.tuple(fc.constantFrom('remove', 'succeed', 'fail', 'pause', 'give'), anItem),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 30 }), async (all) => {
      const rules = { accept: '', maxFiles: 4, maxSize: 3, minSize: 0 }
      const { list, add, tasks, uploader } = setUp({
        rules: () => rules,
        saved: [savedUpload('a'), savedUpload('old')],
      })
      for (const step of all) {
        if (step === 'add') await add('a', 'b')
        else if (step === 'restore') await list.restore(uploader)
        else if (typeof step === 'string') list.all[step]()
        else {
          const [what, index] = step
          const item = list.items[index]
          const task = tasks[index]
          if (what === 'remove' && item) list.remove(item)
          if (what === 'give' && item) list.give(item, choice('a'))
          if (what === 'pause') task?.pause()
          if (what === 'succeed') task?.succeed()
          if (what === 'fail') task?.fail(NO_LINE)
        }
        const recount = { open: 0, stored: 0, failed: 0, other: 0 }
        for (const item of list.items) recount[kindOf(item)]++
        expect(list.counts).toEqual(recount)
      }
    }),
  )
})
