import { screenshotName } from './file-name.js'
import type { Choice } from './item.js'

/** Chromium's own; the others go without. */
declare global {
  interface DataTransferItem {
    readonly getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>
  }
}

/** Files of an input; of a folder's with their paths in it. */
export function inputChoices(files: FileList | null): Choice[] {
  return Array.from(files ?? [], (file) => ({
    file,
    path: file.webkitRelativePath || file.name,
  }))
}

/** Images from the clipboard have all the same name, so they get one of their own. */
export function pastedChoices({ files }: DataTransfer, at: Date): Choice[] {
  return Array.from(files, (file) => {
    if (!/^image\.\w+$/.test(file.name)) return { file, path: file.name }
    const name = screenshotName(file.type, at)
    return { file: new File([file], name, { type: file.type }), path: name }
  })
}

/** A handle takes a quarter of a millisecond of the drop event, in which the page stands still: the first files get one. */
const MOST_HANDLES = 50

/**
 * Dropped files, and those of dropped folders as they are read. To be called within the drop event, because its items are gone
 * after it.
 */
export function droppedChoices({ items }: DataTransfer): AsyncIterable<Choice> {
  const dropped = Array.from(items, (item, index): Dropped => {
    const file = item.getAsFile()
    const isPlain = file && !mayBeFolder(file)
    if (isPlain && index >= MOST_HANDLES) return { file }
    const handle = item.getAsFileSystemHandle?.().catch(() => null)
    // Where there is no handle, as of a folder that the browser guards, the entry can be read.
    return { file, handle, entry: isPlain && handle ? null : item.webkitGetAsEntry?.() }
  })
  return readDropped(dropped)
}

/** Of a folder there is a file without a type. One that nobody knows the type of has an extension, which `v1.2` is not. */
function mayBeFolder({ name, type }: File): boolean {
  return type === '' && !/\.\w*[a-z]\w*$/i.test(name)
}

interface Dropped {
  readonly file: File | null
  readonly handle?: Promise<FileSystemHandle | null> | undefined
  readonly entry?: FileSystemEntry | null | undefined
}

async function* readDropped(all: readonly Dropped[]): AsyncGenerator<Choice> {
  for (const { file, entry, handle } of all) {
    const known = await handle
    if (known?.kind === 'file' && file) {
      yield { file, path: file.name, handle: known as FileSystemFileHandle }
    } else if (known) yield* ofHandle(known, '')
    else if (entry?.isDirectory) yield* ofEntry(entry, '')
    else if (file && (await canBeRead(file))) yield { file, path: file.name }
    else if (file) yield { ...unreadable(file.name), mayBeFolder: true }
  }
}

/** Of a type that nobody knows, it may be a folder that is named like a file: its first byte tells. */
async function canBeRead(file: File): Promise<boolean> {
  if (file.type !== '') return true
  const bytes = await file
    .slice(0, 1)
    .arrayBuffer()
    .catch(() => undefined)
  return bytes !== undefined
}

export async function choiceOf(handle: FileSystemFileHandle, path: string): Promise<Choice> {
  const file = await handle.getFile().catch(() => undefined)
  return file ? { file, path, handle } : unreadable(path)
}

/** A file that is gone, or a folder that is locked, is not to vanish without a word, nor to keep the rest from coming. */
function unreadable(path: string): Choice {
  return { file: new File([], path.slice(path.lastIndexOf('/') + 1)), path, isUnreadable: true }
}

async function* ofHandle(handle: FileSystemHandle, folder: string): AsyncGenerator<Choice> {
  const path = folder + handle.name
  if (handle.kind === 'file') {
    yield choiceOf(handle as FileSystemFileHandle, path)
    return
  }
  try {
    for await (const child of (handle as FileSystemDirectoryHandle).values()) {
      yield* ofHandle(child, `${path}/`)
    }
  } catch {
    yield unreadable(path)
  }
}

async function* ofEntry(entry: FileSystemEntry, folder: string): AsyncGenerator<Choice> {
  const path = folder + entry.name
  if (entry.isFile) {
    const file = await read<File>((...ends) => (entry as FileSystemFileEntry).file(...ends))
    yield file ? { file, path } : unreadable(path)
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  for (;;) {
    // A hundred at a time, until there are none.
    const children = await read<FileSystemEntry[]>((...ends) => reader.readEntries(...ends))
    if (!children) yield unreadable(path)
    if (!children?.length) return
    for (const child of children) yield* ofEntry(child, `${path}/`)
  }
}

function read<T>(
  begin: (onEnd: (value: T) => void, onError: () => void) => void,
): Promise<T | undefined> {
  return new Promise((resolve) => begin(resolve, () => resolve(undefined)))
}
