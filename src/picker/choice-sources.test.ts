import { expect, it, vi } from 'vitest'
import { droppedChoices } from './choice-sources.js'
import type { Choice } from './item.js'
import { problemOf, setUp } from './testing/scripted-list.js'

const readable = (name: string, type = 'image/jpeg') => {
  const file = new File(['x'], name, { type })
  return { kind: 'file', name, file, getFile: async () => file }
}
/** As a file that is gone, or is another user's. */
const locked = (name: string): Readable => ({
  ...readable(name),
  getFile: () => Promise.reject(new DOMException('No.', 'NotReadableError')),
})
type Readable = ReturnType<typeof readable>
interface Folder {
  readonly kind: 'directory'
  readonly name: string
  readonly values: () => AsyncGenerator<Readable | Folder>
}
const folderOf = (name: string, ...children: (Readable | Folder)[]): Folder => ({
  kind: 'directory',
  name,
  async *values() {
    yield* children
  },
})

/** As the browser gives what is dropped: of a folder, too, there is a file. */
function drop(...dropped: (Readable | Folder)[]) {
  const items = dropped.map((handle) => ({
    getAsFile: () => ('file' in handle ? handle.file : new File([], handle.name)),
    getAsFileSystemHandle: vi.fn(async () => handle),
    webkitGetAsEntry: vi.fn(() => null),
  }))
  const data = { items } as unknown as DataTransfer
  const asked = (name: 'getAsFileSystemHandle' | 'webkitGetAsEntry') =>
    items.reduce((count, item) => count + item[name].mock.calls.length, 0)
  return { choices: () => droppedChoices(data), asked }
}

async function choicesOf(choices: AsyncIterable<Choice>): Promise<Choice[]> {
  const all: Choice[] = []
  for await (const choice of choices) all.push(choice)
  return all
}

const photos = (count: number) =>
  Array.from({ length: count }, (_, index) => readable(`${index}.jpg`))

it('asks for the handles of few files, and among many only of those that may be folders', async () => {
  const { choices: dropped, asked } = drop(
    ...photos(1000),
    folderOf('trip', readable('river.jpg')),
    readable('scan.dat', ''),
    folderOf('v1.2', folderOf('notes', readable('a.txt', 'text/plain'))),
  )
  const choices = await choicesOf(dropped())
  expect(asked('getAsFileSystemHandle')).toBe(52)
  expect(asked('webkitGetAsEntry')).toBe(2)
  expect(choices.map(({ path }) => path).slice(999)).toEqual([
    '999.jpg',
    'trip/river.jpg',
    'scan.dat',
    'v1.2/notes/a.txt',
  ])
  expect(choices.filter(({ handle }) => handle)).toHaveLength(52)
})

it('says of a folder that is named like a file, among many, what it may be', async () => {
  const bundle = {
    ...folderOf('Photos.photoslibrary'),
    file: Object.assign(new File(['x'], 'Photos.photoslibrary'), {
      slice: () => ({
        arrayBuffer: () => Promise.reject(new DOMException('No.', 'NotFoundError')),
      }),
    }),
  }
  const { list, item, statuses } = setUp()
  await list.add(drop(...photos(50), readable('scan.raw', ''), bundle).choices())
  expect(statuses().slice(50)).toEqual(['uploading', 'refused'])
  expect(problemOf(item(51))).toBe('It cannot be read. If it is a folder, drop it by itself.')
})

it('shows what cannot be read in a folder, and takes the rest', async () => {
  const attic: Folder = {
    ...folderOf('attic'),
    async *values() {
      yield readable('old.jpg')
      throw new DOMException('No.', 'NotAllowedError')
    },
  }
  const trip = folderOf('trip', locked('river.jpg'), attic, readable('sea.jpg'))
  const { list, item, statuses, happened, keys } = setUp()
  await list.add(drop(trip).choices())
  expect(list.items.map(({ choice }) => choice?.path)).toEqual([
    'trip/river.jpg',
    'trip/attic/old.jpg',
    'trip/attic',
    'trip/sea.jpg',
  ])
  expect(statuses()).toEqual(['refused', 'uploading', 'refused', 'uploading'])
  expect(keys()).toEqual(['trip/attic/old.jpg', 'trip/sea.jpg'])
  expect(happened).toContain('reject river.jpg')
  expect(problemOf(item(0))).toBe('It cannot be read.')
})

it('shows what cannot be read where folders are told by entries', async () => {
  const failing = (_: unknown, onError: () => void) => onError()
  const file = { isFile: true, name: 'river.jpg', file: failing }
  const attic = { isDirectory: true, name: 'attic', createReader: () => ({ readEntries: failing }) }
  const batches = [[file, attic], []]
  const readEntries = (onEnd: (batch: object[]) => void) => onEnd(batches.shift() ?? [])
  const trip = { isDirectory: true, name: 'trip', createReader: () => ({ readEntries }) }
  const items = [{ getAsFile: () => null, webkitGetAsEntry: () => trip }]
  const choices = await choicesOf(droppedChoices({ items } as unknown as DataTransfer))
  expect(choices.map(({ path, isUnreadable }) => [path, isUnreadable])).toEqual([
    ['trip/river.jpg', true],
    ['trip/attic', true],
  ])
})
