import { describe, expect, it } from 'vitest'
import { assertReadable, exactSlice } from './file-reading.js'

describe('reading a file', () => {
  it('cuts what is there', async () => {
    expect(await exactSlice(new Blob(['abcdef']), 2, 4).text()).toBe('cd')
    expect(exactSlice(new Blob([]), 0, 0).size).toBe(0)
  })

  it('finds a file that became shorter, or vanished', () => {
    expect(() => exactSlice(new Blob(['abc']), 2, 4)).toThrow(
      expect.objectContaining({ name: 'OssFileError', code: 'file-changed' }),
    )
    expect(() => exactSlice(new Blob([]), 0, 4)).toThrow(
      expect.objectContaining({ name: 'OssFileError', code: 'file-unreadable' }),
    )
  })

  it('reads an empty file itself, because its slices tell nothing', async () => {
    const gone = Object.assign(new Blob([]), {
      arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')),
    })
    await expect(assertReadable(gone)).rejects.toMatchObject({ code: 'file-unreadable' })
    await expect(assertReadable(new Blob([]))).resolves.toBeUndefined()
  })
})
