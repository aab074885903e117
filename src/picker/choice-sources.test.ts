import { expect, it, vi } from 'vitest'
import { droppedChoices } from './choice-sources.js'
import type { Choice } from './item.js'

const readable = (name: string, type = 'image/jpeg') => {
  const file = new File(['x'], name, { type })
  return { kind: 'file', name, file, getFile: async () => file }
}
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
  return { read: () => choicesOf(droppedChoices(data)), asked }
}

async function choicesOf(choices: AsyncIterable<Choice>): Promise<Choice[]> {
  const all: Choice[] = []
  for await (const choice of choices) all.push(choice)
  return all
}

const photos = (count: number) =>
  Array.from({ length: count }, (_, index) => readable(`${index}.jpg`))

it('asks for the handles of few files, and among many only of those that may be folders', async () => {
  const { read, asked } = drop(
    ...photos(10_000),
    folderOf('trip', readable('river.jpg')),
    readable('scan.dat', ''),
    folderOf('v1.2', folderOf('notes', readable('a.txt', 'text/plain'))),
  )
  const choices = await read()
  expect(asked('getAsFileSystemHandle')).toBe(52)
  expect(asked('webkitGetAsEntry')).toBe(2)
  expect(choices.map(({ path }) => path).slice(9_999)).toEqual([
    '9999.jpg',
    'trip/river.jpg',
    'scan.dat',
    'v1.2/notes/a.txt',
  ])
  expect(choices.filter(({ handle }) => handle)).toHaveLength(52)
})
