import { expect, it } from 'vitest'
import { createSmallSlices } from './small-slices.js'

const SMALL = 256 * 1024

it('gives the bytes of a small slice to who hashes it and, once, to who sends it', async () => {
  const slices = createSmallSlices()
  const slice = new Blob(['abc'])
  const read = slices.read(slice)
  expect(new TextDecoder().decode(await read)).toBe('abc')
  expect(slices.take(slice)).toBe(read)
  expect(slices.take(slice)).toBeUndefined()
})

it('leaves a larger slice on the disk', () => {
  const slices = createSmallSlices()
  const slice = new Blob([new Uint8Array(SMALL + 1)])
  expect(slices.read(slice)).toBeUndefined()
  expect(slices.take(slice)).toBeUndefined()
  expect(slices.read(new Blob([new Uint8Array(SMALL)]))).toBeDefined()
})

it('holds no more than a few slices whose requests were never sent', async () => {
  const slices = createSmallSlices()
  const all = Array.from({ length: 20 }, () => new Blob(['abc']))
  for (const slice of all) await slices.read(slice)
  expect(all.filter((slice) => slices.take(slice))).toEqual(all.slice(-8))
})

it('reads nothing of a file that has another length by now', async () => {
  const grown = { size: 3, arrayBuffer: () => new Blob(['abcd']).arrayBuffer() } as unknown as Blob
  await expect(createSmallSlices().read(grown)).rejects.toMatchObject({ code: 'file-unreadable' })
})
