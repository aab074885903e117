import { afterEach, expect, it, vi } from 'vitest'
import { inSlices } from './slices.js'

afterEach(() => {
  vi.useRealTimers()
})

it('does it to each, in order', async () => {
  const seen: number[] = []
  await inSlices([1, 2, 3], (one) => seen.push(one))
  expect(seen).toEqual([1, 2, 3])
})

it('takes them as they come', async () => {
  const seen: string[] = []
  async function* folder() {
    yield 'a'
    seen.push('read on')
    yield 'b'
  }
  await inSlices(folder(), (one) => seen.push(one))
  expect(seen).toEqual(['a', 'read on', 'b'])
})

it('lets the page have its turn whenever 5 ms are over', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const seen: (number | string)[] = []
  setTimeout(() => seen.push('page'))
  await inSlices([1, 2, 3], (one) => {
    vi.advanceTimersByTime(4)
    seen.push(one)
  })
  expect(seen).toEqual([1, 2, 'page', 3])
})

it('ends with what its source ends with', async () => {
  async function* broken() {
    yield 'a'
    throw new Error('gone')
  }
  await expect(inSlices(broken(), () => {})).rejects.toThrow('gone')
})
