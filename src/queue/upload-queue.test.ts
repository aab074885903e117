import { describe, expect, it } from 'vitest'
import { createMemoryEnvironment } from '../testing/memory-environment.js'
import { createUploaderIn } from '../whole-uploader.js'
import { hasRoom } from './upload-queue.js'

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
  it('starts another upload only while a connection is idle', () => {
    expect(hasRoom([], 2)).toBe(true)
    expect(hasRoom([1], 2)).toBe(true)
    expect(hasRoom([1, 1], 2)).toBe(false)
    expect(hasRoom([2, 1], 2)).toBe(false)
  })

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
})
