import { describe, expect, it } from 'vitest'
import { type ReadableFileHandle, savedSource } from './saved-source.js'
import { createSource } from './task/source.js'

const FILE = new File(['0123456789'], 'a.bin')
const COPY = new Blob(['0123456789'])

function handleOf(answer: PermissionState, file: () => Promise<File> = async () => FILE) {
  const asked: string[] = []
  const handle: ReadableFileHandle = {
    kind: 'file',
    getFile: file,
    requestPermission: async ({ mode }) => {
      asked.push(mode)
      return answer
    },
  }
  return { handle, asked }
}

const gone = () => Promise.reject(new DOMException('gone', 'NotFoundError'))

describe('the file of a record', () => {
  it('comes from its handle, once the user allows to read it', async () => {
    const { handle, asked } = handleOf('granted')
    const { kind, source } = savedSource(handle, undefined)
    expect(kind).toBe('handle')
    expect(await source.read()).toBe(FILE)
    expect(asked).toEqual(['read'])
  })

  it.each([
    ['is denied', handleOf('denied').handle, 'not allowed'],
    ['leads nowhere', handleOf('granted', gone).handle, 'no longer where it was'],
  ])('is asked for when its handle %s', async (_what, handle, words) => {
    const { source } = savedSource(handle, undefined)
    await expect(source.read()).rejects.toMatchObject({ code: 'file-unreadable' })
    await expect(source.read()).rejects.toThrow(words)
  })

  it('comes from its copy when the handle is denied, or there is none', async () => {
    expect(await savedSource(handleOf('denied').handle, COPY).source.read()).toBe(COPY)
    expect(await savedSource(undefined, COPY).source.read()).toBe(COPY)
    expect(savedSource(undefined, COPY).kind).toBe('copy')
  })

  it('is asked for where nothing was kept', async () => {
    const { kind, source } = savedSource(undefined, undefined)
    expect(kind).toBe('none')
    await expect(source.read()).rejects.toThrow('resume(file)')
  })
})

describe('a task whose turn comes without its file', () => {
  it('needs a click where a handle is on record, and has the file after it', async () => {
    const source = createSource(
      undefined,
      savedSource(handleOf('granted').handle, undefined).source,
      10,
    )
    expect(await source.findNeeds()).toBe('permission')
    expect(await source.readSaved()).toBe(true)
    expect(await source.findNeeds()).toBeUndefined()
  })

  it('needs the file when the user does not allow it, and does not ask again', async () => {
    const { handle, asked } = handleOf('denied')
    const source = createSource(undefined, savedSource(handle, undefined).source, 10)
    expect(await source.readSaved()).toBe(false)
    expect(await source.readSaved()).toBe(false)
    expect(await source.findNeeds()).toBe('file')
    expect(asked).toHaveLength(1)
  })

  it('needs nothing where a copy can be read', async () => {
    const source = createSource(undefined, savedSource(undefined, COPY).source, 10)
    expect(await source.findNeeds()).toBeUndefined()
    expect(source.file).toBe(COPY)
  })

  it('needs the file where the copy is not of its size', async () => {
    const source = createSource(undefined, savedSource(undefined, COPY).source, 11)
    expect(await source.findNeeds()).toBe('file')
  })
})
