import type { Uploader, UploadOptions, UploadResult } from '../index.js'
import type { Rules } from './admission.js'
import type { Choice, Item } from './item.js'

/**
 * Asked before a file is uploaded: `false` or a sentence refuses it, an object adds options (`key` renames it), anything else lets it
 * go as it is.
 */
export type BeforeUpload = (
  choice: Choice,
) => BeforeUploadAnswer | undefined | Promise<BeforeUploadAnswer | undefined>
/** What becomes of a file. */
export type BeforeUploadAnswer =
  | boolean
  | string
  | Partial<Omit<UploadOptions, 'handle' | 'signal'>>

export type Happening = 'start' | 'pause' | 'success' | 'error' | 'cancel' | 'reject'

/** The element, as the list sees it. */
export interface ListHost {
  /** Whether it is in a page. */
  readonly isShown: () => boolean
  readonly uploader: () => Uploader | undefined
  readonly rules: () => Rules
  readonly multiple: () => boolean
  readonly prefix: () => string
  readonly beforeUpload: () => BeforeUpload | undefined
  /** Something of the item is to be shown anew. */
  readonly changed: (item?: Item) => void
  readonly happened: (happening: Happening, item: Item) => void
  /** It could not be gone on with, and is as it was: `problem` says why. */
  readonly hindered: (item: Item) => void
  /** What the app makes of a stored file: a link, a picture. */
  readonly stored: (item: Item, result: UploadResult) => void
}
