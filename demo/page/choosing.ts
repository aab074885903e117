import type { ReadableFileHandle } from 'oss-direct-upload'

/** A file, and where the browser offers it the handle that outlives the page. */
export interface Choice {
  readonly file: File
  readonly handle?: ReadableFileHandle | undefined
}

/** Chromium's own; the others go without. */
declare global {
  interface Window {
    readonly showOpenFilePicker?: (options: {
      multiple: boolean
    }) => Promise<FileSystemFileHandle[]>
  }
  interface DataTransferItem {
    readonly getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>
  }
}

/** Files from the browser's picker: by handle where there are any, else by the input. */
export function onChosen(input: HTMLInputElement, take: (choices: Choice[]) => void): void {
  input.addEventListener('click', (event) => {
    const pick = window.showOpenFilePicker
    if (!pick) return
    event.preventDefault()
    pick({ multiple: true }).then(
      async (handles) => take(await Promise.all(handles.map(choiceOf))),
      // Closed without a choice.
      () => {},
    )
  })
  input.addEventListener('change', () => {
    take(Array.from(input.files ?? [], (file) => ({ file })))
    // The same file may be chosen again.
    input.value = ''
  })
}

/** To be called within the drop event: its items are gone after it. */
export function droppedFiles({ items }: DataTransfer): Promise<Choice[]> {
  return Promise.all(
    [...items].flatMap((item) => {
      const file = item.getAsFile()
      return file ? [withHandle(file, item.getAsFileSystemHandle?.())] : []
    }),
  )
}

async function withHandle(
  file: File,
  asked: Promise<FileSystemHandle | null> | undefined,
): Promise<Choice> {
  const handle = await asked?.catch(() => null)
  return handle?.kind === 'file' ? { file, handle: handle as FileSystemFileHandle } : { file }
}

async function choiceOf(handle: FileSystemFileHandle): Promise<Choice> {
  return { file: await handle.getFile(), handle }
}
