import { describe, expect, it } from 'vitest'
import { reply } from './testing/memory-oss.js'
import { fileOf, PART, setUp } from './testing/small-uploader.js'

describe('the abort on OSS', () => {
  it('is tried again when OSS is busy', async () => {
    let refusals = 2
    const { uploader, oss, clock } = setUp(({ name }) => {
      if (name === 'PUT ?partNumber=2') return new Promise<undefined>(() => {})
      return name === 'DELETE ?uploadId' && refusals-- > 0 ? reply(503, '') : undefined
    })
    const task = uploader.upload(fileOf(3 * PART), { key: 'a' })
    await clock.settle()
    void task.cancel()
    await clock.advance(10_000)
    expect(oss.uploads.size).toBe(0)
  })
})

describe('a stop in the same tick', () => {
  it.each(['cancel', 'pause'] as const)('as the start sends no byte: %s', async (stop) => {
    const { uploader, oss, clock } = setUp()
    for (const size of [10, 3 * PART]) {
      const task = uploader.upload(fileOf(size), { key: 'a' })
      void task[stop]()
      await clock.advance(1000)
      expect(task.state.status).toBe(stop === 'cancel' ? 'cancelled' : 'paused')
    }
    expect(oss.requests).toEqual([])
  })

  it('as the parts begin sends none of them', async () => {
    const { uploader, oss, clock } = setUp()
    const task = uploader.upload(fileOf(3 * PART), { key: 'a' })
    task.subscribe(({ status }) => {
      if (status === 'uploading') void task.cancel()
    })
    await clock.advance(1000)
    expect(oss.requests.map(({ name }) => name)).toEqual(['POST ?uploads', 'DELETE ?uploadId'])
    expect(oss.objects.size).toBe(0)
  })
})

describe('pause and resume', () => {
  it('keeps acknowledged parts and sends the others once more', async () => {
    let hangs = true
    const { uploader, oss, clock } = setUp(({ name }) =>
      hangs && name === 'PUT ?partNumber=2' ? new Promise<undefined>(() => {}) : undefined,
    )
    const task = uploader.upload(fileOf(3 * PART), { key: 'a' })
    await clock.settle()
    hangs = false
    task.pause()
    expect(task.state.status).toBe('paused')
    task.resume()
    await task.done
    const parts = oss.requests.map(({ name }) => name).filter((name) => name.startsWith('PUT'))
    expect(parts).toEqual([
      'PUT ?partNumber=1',
      'PUT ?partNumber=2',
      'PUT ?partNumber=3',
      'PUT ?partNumber=2',
    ])
  })

  it('aborts the upload nobody wants when the pause fell between Initiate and its answer', async () => {
    const answers: (() => void)[] = []
    const { uploader, oss, clock } = setUp(({ name }) =>
      name === 'POST ?uploads'
        ? new Promise<undefined>((resolve) => answers.push(() => resolve(undefined)))
        : undefined,
    )
    const task = uploader.upload(fileOf(2 * PART), { key: 'a' })
    await clock.settle()
    task.pause()
    task.resume()
    await clock.settle()
    for (const answer of answers) answer()
    await task.done
    await clock.settle()
    expect(answers).toHaveLength(2)
    expect(oss.uploads.size).toBe(0)
  })
})

describe('cancel', () => {
  it('rejects with an AbortError and aborts the upload on OSS', async () => {
    const { uploader, oss, clock } = setUp(({ name }) =>
      name === 'PUT ?partNumber=2' ? new Promise<undefined>(() => {}) : undefined,
    )
    const task = uploader.upload(fileOf(3 * PART), { key: 'a' })
    await clock.settle()
    expect(oss.uploads.size).toBe(1)
    const cancelled = task.cancel()
    expect(task.state.status).toBe('cancelled')
    await expect(task.done).rejects.toMatchObject({ name: 'AbortError' })
    await cancelled
    expect(oss.requests.at(-1)?.name).toBe('DELETE ?uploadId')
    expect(oss.uploads.size).toBe(0)
  })

  it('aborts an upload whose Initiate was on the wire', async () => {
    let answer = () => {}
    const { uploader, oss, clock } = setUp(({ name }) =>
      name === 'POST ?uploads'
        ? new Promise<undefined>((resolve) => {
            answer = () => resolve(undefined)
          })
        : undefined,
    )
    const task = uploader.upload(fileOf(2 * PART), { key: 'a' })
    await clock.settle()
    const cancelled = task.cancel()
    answer()
    await cancelled
    expect(oss.requests.map(({ name }) => name)).toEqual(['POST ?uploads', 'DELETE ?uploadId'])
    expect(oss.uploads.size).toBe(0)
  })

  it('leaves the way free for another upload, whenever it came', async () => {
    const blocked: number[] = []
    for (let ticks = 0; ticks < 12; ticks++) {
      const { uploader, clock } = setUp()
      const task = uploader.upload(fileOf(PART + 1), { key: 'a' })
      for (let i = 0; i < ticks; i++) await Promise.resolve()
      await task.cancel()
      const next = uploader.upload(fileOf(PART + 1), { key: 'a' })
      await clock.advance(1000)
      if (next.state.status !== 'succeeded') blocked.push(ticks)
    }
    expect(blocked).toEqual([])
  })

  it('follows the signal the application gave', async () => {
    const { uploader } = setUp(() => new Promise(() => {}))
    const controller = new AbortController()
    const task = uploader.upload(fileOf(9), { key: 'a', signal: controller.signal })
    controller.abort(new Error('left the page'))
    await expect(task.done).rejects.toThrow('left the page')
  })

  it('takes back a Complete that waits for a connection', async () => {
    let answerPart = () => {}
    const { uploader, clock, oss } = setUp(
      ({ key, name }) =>
        new Promise((resolve) => {
          if (name === 'PUT ?partNumber=2') answerPart = () => resolve(undefined)
          else if (key !== 'other') resolve(undefined)
        }),
      { parallel: 1 },
    )
    const task = uploader.upload(fileOf(PART + 1), { key: 'a' })
    await clock.settle()
    const other = uploader.upload(fileOf(10), { key: 'other' })
    await clock.settle()
    answerPart()
    await clock.settle()
    expect(task.state.status).toBe('completing')
    const cancelled = task.cancel()
    await clock.settle()
    expect(task.state.status).toBe('cancelled')
    void other.cancel()
    await cancelled
    const names = oss.requests.map(({ name }) => name)
    expect(names.at(-1)).toBe('DELETE ?uploadId')
    expect(names).not.toContain('POST ?uploadId')
  })

  it('lets a Complete that is on the wire decide', async () => {
    let answer = () => {}
    const { uploader, clock } = setUp(({ name }) =>
      name === 'POST ?uploadId'
        ? new Promise<undefined>((resolve) => {
            answer = () => resolve(undefined)
          })
        : undefined,
    )
    const task = uploader.upload(fileOf(2 * PART), { key: 'a' })
    await clock.settle()
    expect(task.state.status).toBe('completing')
    void task.cancel()
    answer()
    expect((await task.done).verified).toBe(true)
  })
})
