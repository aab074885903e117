import type {
  ReadableFileHandle,
  SavedUpload,
  UploadOptions,
  UploadResult,
  UploadState,
  UploadTask,
} from '../index.js'
import type { Sentence } from './messages.js'

/** A file as it was chosen. */
export interface Choice {
  /** As the browser gave it. */
  readonly file: File
  /** Its name, after those of the folders it was in: `holiday/beach/1.jpg`. */
  readonly path: string
  /** Where the browser gives one: a reload then needs no second choice. */
  readonly handle?: ReadableFileHandle | undefined
  /** It is not taken, and has an empty file in place of its own. */
  readonly isUnreadable?: boolean
  /** Where it cannot be read: that may be why. */
  readonly mayBeFolder?: boolean
}

/** A list of files, as another one sees it. */
export interface ListOwner {
  /** Whether anybody can see its rows. */
  readonly isShown: () => boolean
  /** Another list has the item from now on. */
  readonly letGo: (item: Item) => void
}

/** The key an item has, among those of an uploader. */
interface Claim {
  readonly claims: Map<string, Item | 'stored'>
  readonly key: string
  readonly owner: ListOwner
}

/** A line of the list. What it is doing is `statusOf`. */
export interface Item {
  readonly id: number
  readonly name: string
  /** Bytes; of the file chosen last. */
  size: number
  choice?: Choice | undefined
  options?: UploadOptions | undefined
  saved?: SavedUpload | undefined
  task?: UploadTask | undefined
  state?: UploadState | undefined
  result?: UploadResult | undefined
  /** Why it was not taken, or could not be gone on with. */
  problem?: Sentence | undefined
  isRefused?: boolean
  /** Paused before it was begun: the application may still be asked about it. */
  isHeld?: boolean
  /** It is being asked for, or let go: nothing else can be done with it. */
  isBusy?: boolean
  /** What is on record of it can no longer be read. */
  needsChoice?: boolean
  /** It goes on in another tab, or has ended there: shown, but none of this form's. */
  isElsewhere?: boolean
  /** It is no longer in the list. */
  isGone?: boolean
  /** Called when it goes. */
  onGone?: (() => void) | undefined
  claim?: Claim | undefined
  /** What it was last counted as. */
  kind?: Kind | undefined
  link?: string | undefined
  thumbnail?: string | undefined
}

/** What tells it from others to those who do not see where it stands: its name, after those of the folders it was in. */
export function fullNameOf({ choice, saved, name }: Item): string {
  // A file given for what an earlier visit began may be another one.
  return (saved ? '' : choice?.path) || name
}

/** Whether a form has to wait for it, or sends it; all but `other` count among the files taken. */
export type Kind = 'open' | 'stored' | 'failed' | 'other'

export function kindOf(item: Item): Kind {
  const status = statusOf(item)
  if (item.isElsewhere) return 'other'
  if (status === 'succeeded') return 'stored'
  if (status === 'failed') return 'failed'
  // A paused one is not done either.
  return isInFlight(item) || status === 'paused' ? 'open' : 'other'
}

export type ItemStatus = 'checking' | 'refused' | 'saved' | UploadState['status']

export function statusOf({ isRefused, isHeld, state, saved }: Item): ItemStatus {
  if (isRefused) return 'refused'
  if (isHeld) return 'paused'
  return state?.status ?? (saved ? 'saved' : 'checking')
}

/** It may be stored yet. */
export function isActive({ task, state }: Item): boolean {
  return task !== undefined && !['succeeded', 'failed', 'cancelled'].includes(state?.status ?? '')
}

/** Bytes are on their way, or will be without anybody's doing. */
export function isInFlight(item: Item): boolean {
  return ['checking', 'preparing', 'uploading', 'waiting', 'completing'].includes(statusOf(item))
}
