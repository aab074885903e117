import { acceptTokens } from './admission.js'
import type { Choice } from './item.js'

interface PickerOptions {
  readonly multiple: boolean
  readonly types?: readonly { readonly accept: Readonly<Record<string, readonly string[]>> }[]
}

/** Chromium's own. */
type ShowOpenFilePicker = (options: PickerOptions) => Promise<FileSystemFileHandle[]>

/** Asks for files: by handles where the browser has them, so that a reload needs no second choice; else by the input. */
export async function askForFiles(
  input: HTMLInputElement,
  take: (choices: Choice[]) => void,
): Promise<void> {
  const ask = (globalThis as { showOpenFilePicker?: ShowOpenFilePicker }).showOpenFilePicker
  if (!ask) return input.click()
  try {
    const handles = await ask({ multiple: input.multiple, ...typesOf(input.accept) })
    take(
      await Promise.all(
        handles.map(async (handle) => ({
          file: await handle.getFile(),
          path: handle.name,
          handle,
        })),
      ),
    )
  } catch (error) {
    // Closed without a choice. A frame of another origin may not ask this way.
    const isClosed = error instanceof DOMException && error.name === 'AbortError'
    if (!isClosed) input.click()
  }
}

function typesOf(accept: string): Pick<PickerOptions, 'types'> {
  const tokens = acceptTokens(accept)
  if (tokens.length === 0) return {}
  const extensions = tokens.filter((token) => token.startsWith('.'))
  const types = tokens.filter((token) => !token.startsWith('.')).map((type) => [type, []] as const)
  const named = extensions.length > 0 ? [['application/octet-stream', extensions] as const] : []
  return { types: [{ accept: Object.fromEntries([...types, ...named]) }] }
}
