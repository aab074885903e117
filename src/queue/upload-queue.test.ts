import { describe, expect, it } from 'vitest'
import type { QueuedTask, UploadTask } from '../task/upload-task.js'
import { createMemoryEnvironment } from '../testing/memory-environment.js'
import { fileOf, PART } from '../testing/small-uploader.js'
import { createPage } from '../uploader.js'
import { createUploaderIn, createWholeEngine } from '../whole-uploader.js'
import { createUploadQueue } from './upload-queue.js'

const BUCKET = { region: 'cn-hangzhou', bucket: 'bucket' }

function setUp() {
  const answers: (() => void)[] = []
  const world = createMemoryEnvironment(
    () => new Promise((resolve) => answers.push(() => resolve(undefined))),
  )
  const uploader = createUploaderIn(world.environment, {
    region: 'cn-hangzhou',
    bucket: 'bucket',
    parallel: 2,
  })
  return { ...world, uploader, answers }
}

describe('the upload queue', () => {
  it('sends files in the order they were added, as many at a time as there are connections', async () => {
    const { uploader, clock, oss, answers } = setUp()
    const tasks = ['a', 'b', 'c', 'd'].map((key) => uploader.upload(new Blob(['x']), { key }))
    await clock.settle()
    expect(oss.requests.map(({ key }) => key)).toEqual(['a', 'b'])
    expect(tasks[2]?.state).toMatchObject({ status: 'waiting', waitingFor: 'queue' })
    answers[1]?.()
    await tasks[1]?.done
    await clock.settle()
    expect(oss.requests.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    expect(uploader.tasks.map(({ key }) => key)).toEqual(['a', 'c', 'd'])
  })

  it('lets others go while one is paused, and the paused one go on when resumed', async () => {
    const { uploader, clock, oss, answers } = setUp()
    const [a, b, c] = ['a', 'b', 'c'].map((key) => uploader.upload(new Blob(['x']), { key }))
    await clock.settle()
    a?.pause()
    await clock.settle()
    expect(oss.requests.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    a?.resume()
    expect(a?.state).toMatchObject({ status: 'waiting', waitingFor: 'queue' })
    answers[1]?.()
    answers[2]?.()
    await Promise.all([b?.done, c?.done])
    await clock.settle()
    answers[3]?.()
    expect((await a?.done)?.key).toBe('a')
  })
  it.each([true, false])(
    'holds large files back while one has all connections, but not a small one: persist %s',
    async (persist) => {
      const { environment, clock, oss } = createMemoryEnvironment(({ name }) =>
        name.startsWith('PUT') ? new Promise(() => {}) : undefined,
      )
      const options = { ...BUCKET, partSize: PART, multipartThreshold: PART, persist }
      const uploader = createUploaderIn(environment, { ...options, parallel: 2 })
      const large = Array.from({ length: 12 }, (_, index) =>
        uploader.upload(fileOf(9 * PART), { key: `large ${index}` }),
      )
      const small = uploader.upload(fileOf(10), { key: 'small' })
      await clock.advance(1_000)
      const waiting = large.filter(({ state }) => state.waitingFor === 'queue')
      expect(waiting.length).toBeGreaterThanOrEqual(10)
      expect(large[0]?.state.status).toBe('uploading')
      // In line for the next connection that a part leaves.
      expect(small.state).toMatchObject({ status: 'uploading' })
      expect(oss.requests.filter(({ name }) => name === 'POST ?uploads').length).toBeLessThan(3)
    },
  )

  it('gives a file that was paused its place again, before those that were added later', async () => {
    const { uploader, clock, oss, answers } = setUp()
    const [, b] = ['a', 'b', 'c', 'd', 'e'].map((key) => uploader.upload(new Blob(['x']), { key }))
    await clock.settle()
    b?.pause()
    await clock.settle()
    b?.resume()
    answers[0]?.()
    await clock.settle()
    expect(oss.requests.map(({ key }) => key)).toEqual(['a', 'b', 'c', 'b'])
  })

  it('begins a large file at once that was chosen together with many small ones', async () => {
    const world = createMemoryEnvironment(({ name }) =>
      name.startsWith('PUT')
        ? new Promise((resolve) => world.clock.after(100, () => resolve(undefined)))
        : undefined,
    )
    const options = { ...BUCKET, partSize: PART, multipartThreshold: PART }
    const uploader = createUploaderIn(world.environment, { ...options, parallel: 2 })
    const small = Array.from({ length: 50 }, (_, index) =>
      uploader.upload(fileOf(10), { key: `small ${index}` }),
    )
    const large = uploader.upload(fileOf(60 * PART), { key: 'large' })
    await world.clock.advance(1_000)
    expect(large.state.status).toBe('uploading')
    expect(small.filter(({ state }) => state.status === 'succeeded').length).toBeGreaterThan(5)
  })

  it('asks its tasks no more for the last of many files than for the first, while they are claimed and after', () => {
    let asked = 0
    const queue = createUploadQueue(6)
    const files = Array.from({ length: 10_000 }, (_, rank) => {
      const state = { isIdle: false, demand: 0 }
      const task: QueuedTask = {
        task: {} as UploadTask,
        rank,
        isOneRequest: false,
        isIdle: () => state.isIdle,
        isEnded: () => false,
        demand() {
          asked++
          return state.demand
        },
        start() {
          state.isIdle = false
          state.demand = 6
        },
      }
      return { task, state }
    })
    for (const { task } of files) queue.add(task)
    for (const { task, state } of files) {
      state.isIdle = true
      queue.taskChanged(task)
    }
    expect(asked).toBeLessThan(10 * files.length)
    expect(files.filter(({ state }) => state.demand > 0)).toHaveLength(1)
  })

  it('starts another where one that hears of a start makes room', () => {
    const queue = createUploadQueue(1)
    const started: number[] = []
    const files = [0, 1, 2].map((rank) => {
      const state = { isIdle: true, demand: 0 }
      const isOneRequest = rank < 2
      const task: QueuedTask = {
        ...{ task: {} as UploadTask, rank, isOneRequest },
        ...{ isIdle: () => state.isIdle, isEnded: () => false, demand: () => state.demand },
        start() {
          started.push(rank)
          Object.assign(state, { isIdle: false, demand: 1 })
          if (rank !== 2) return
          // Whoever hears that the large file begins pauses the small one.
          Object.assign(files[0]?.state ?? {}, { demand: 0 })
          if (files[0]) queue.taskChanged(files[0].task)
        },
      }
      return { task, state }
    })
    for (const { task } of files) queue.add(task)
    expect(started).toEqual([0, 2, 1])
  })

  it('gives connections in the order files were added, whichever uploader of the page it was', async () => {
    const world = createMemoryEnvironment(({ name }) =>
      name.startsWith('PUT')
        ? new Promise((resolve) => world.clock.after(100, () => resolve(undefined)))
        : undefined,
    )
    world.connection.setMetered(true)
    const page = createPage()
    const options = { ...BUCKET, partSize: PART, multipartThreshold: PART }
    const [one, other] = [1, 2].map(
      () => createWholeEngine(world.environment, options, page).uploader,
    )
    const earlier = [0, 1, 2].map((index) => one?.upload(fileOf(10), { key: `earlier ${index}` }))
    const later = other?.upload(fileOf(60 * PART), { key: 'later' })
    await world.clock.advance(1_000)
    expect(earlier.map((task) => task?.state.status)).toEqual(earlier.map(() => 'succeeded'))
    expect(later?.state.status).toBe('uploading')
    expect(new Set([...earlier, later].map((task) => task?.id)).size).toBe(4)
  })
})
