import { acceptTokens } from './admission.js'
import { choiceOf } from './choice-sources.js'
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
  let handles: FileSystemFileHandle[]
  try {
    handles = await ask({ multiple: input.multiple, ...typesOf(input.accept) })
  } catch (error) {
    // A frame of another origin may not ask this way, and not every `accept` can be said; else it was closed.
    const cannotAsk = error instanceof TypeError || (error as Error).name === 'SecurityError'
    if (cannotAsk) input.click()
    return
  }
  take(await Promise.all(handles.map((handle) => choiceOf(handle, handle.name))))
}

function typesOf(accept: string): Pick<PickerOptions, 'types'> {
  const tokens = acceptTokens(accept)
  if (tokens.length === 0) return {}
  const extensions = tokens.filter((token) => token.startsWith('.'))
  const types = tokens.filter((token) => !token.startsWith('.')).map((type) => [type, []] as const)
  const named = extensions.length > 0 ? [['application/octet-stream', extensions] as const] : []
  return { types: [{ accept: Object.fromEntries([...types, ...named]) }] }
}
