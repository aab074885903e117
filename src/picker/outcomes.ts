import type { UploadResult } from '../index.js'
import type { createAnnouncer } from './announcer.js'
import { fileOf, type PickerEventMap, type PickerFile } from './events.js'
import type { Item } from './item.js'
import type { Happening } from './list-host.js'
import type { Sentence } from './messages.js'
import { reasonOf } from './view-model.js'

/** What the app makes of a stored object; none where it gives nothing. */
export type UrlOf = (
  result: UploadResult,
  file: PickerFile,
) => string | URL | undefined | Promise<string | URL | undefined>

interface Parts {
  readonly announcer: ReturnType<typeof createAnnouncer>
  readonly inWords: (sentence: Sentence) => string
  readonly fire: (type: keyof PickerEventMap, detail: PickerFile) => void
}

/** Tells the user's ears and the application what has happened to a file. */
export function createTeller({ announcer, inWords, fire }: Parts) {
  const unknown: Sentence = () => ''
  function failed({ name }: Item, why: Sentence): void {
    announcer.outcome('failed', (...words) => words[0].failedFile(name, why(...words)))
  }

  return {
    happened(happening: Happening, item: Item): void {
      const { name, result, problem = unknown, state } = item
      if (happening === 'success')
        announcer.outcome('uploaded', (messages) => messages.uploaded(name))
      if (happening === 'error') failed(item, (messages) => reasonOf(state?.error, messages))
      if (happening === 'reject') failed(item, problem)
      const reason = inWords(problem)
      const more = happening === 'success' ? { result } : happening === 'reject' ? { reason } : {}
      fire(`oss-upload-${happening}`, { ...fileOf(item), ...more })
    },
    hindered: (item: Item) => failed(item, item.problem ?? unknown),
  }
}

/** Asks the app for the URL of a stored object. */
export async function askForUrl(
  urlOf: UrlOf | undefined,
  result: UploadResult,
  item: Item,
): Promise<string | undefined> {
  try {
    return (await urlOf?.(result, fileOf(item)))?.toString()
  } catch (error) {
    // The application's fault to see; the file is stored all the same.
    reportError(error)
    return undefined
  }
}
