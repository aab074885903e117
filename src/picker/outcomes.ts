import type { UploadResult } from '../index.js'
import type { createAnnouncer } from './announcer.js'
import { fileOf, type PickerEventMap, type PickerFile } from './events.js'
import type { Item } from './item.js'
import type { Happening } from './list-host.js'
import type { Messages } from './messages.js'
import { reasonOf } from './view-model.js'

/** What the app makes of a stored object; none where it gives nothing. */
export type UrlOf = (
  result: UploadResult,
  file: PickerFile,
) => string | URL | undefined | Promise<string | URL | undefined>

interface Parts {
  readonly announcer: ReturnType<typeof createAnnouncer>
  readonly messages: () => Messages
  readonly fire: (type: keyof PickerEventMap, detail: PickerFile) => void
}

/** Tells the user's ears and the application what has happened to a file. */
export function createTeller({ announcer, messages, fire }: Parts) {
  function failed({ name }: Item, reason = ''): void {
    announcer.outcome('failed', messages().failedFile(name, reason))
  }

  return {
    happened(happening: Happening, item: Item): void {
      const { name, result, problem = '', state } = item
      if (happening === 'success') announcer.outcome('uploaded', name)
      if (happening === 'error') failed(item, reasonOf(state?.error, messages()))
      if (happening === 'reject') failed(item, problem)
      const more =
        happening === 'success' ? { result } : happening === 'reject' ? { reason: problem } : {}
      fire(`oss-upload-${happening}`, { ...fileOf(item), ...more })
    },
    hindered: (item: Item) => failed(item, item.problem),
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
