import type { OssUploadErrorCode, WaitReason } from '../index.js'
import type { Format } from './format.js'

/** English, and the measure for the others. */
export const en = {
  /** Of the words. */
  language: 'en',
  chooseFiles: 'Choose files',
  chooseFile: 'Choose a file',
  chooseFolder: 'Choose a folder',
  takePhoto: 'Take a photo',
  dropHere: 'or drop them here',
  dropOneHere: 'or drop it here',
  dropNow: 'Drop to upload',
  files: 'Files',
  doing: {
    checking: 'Preparing',
    preparing: 'Preparing',
    uploading: 'Uploading',
    completing: 'Checking',
    paused: 'Paused',
    succeeded: 'Uploaded',
    cancelled: 'Cancelled',
    saved: 'Unfinished from your last visit',
    'other-tab': 'Uploading in another tab',
    background: 'Uploading in the background',
  },
  waiting: {
    queue: 'Waiting for its turn',
    lock: 'Waiting for the other tab',
    file: 'Choose this file again to go on',
    permission: 'Allow this page to read the file to go on',
    network: 'Waiting for the network',
    offline: 'You are offline; it goes on when you are back',
    retry: 'Trying again in a moment',
    credentials: 'Waiting for permission from the server',
  } satisfies Record<WaitReason | 'queue' | 'lock' | 'file' | 'permission' | 'offline', string>,
  failed: (reason: string) => `Failed: ${reason}`,
  reasons: {
    'file-changed': 'the file was changed meanwhile. Choose it again.',
    'different-file': 'this is another file than the one that was begun.',
    'file-unreadable': 'the file cannot be read any more. Choose it again.',
    credentials: 'the server gave no permission to upload.',
    cors: 'the storage does not accept uploads from this page.',
    network: 'the network did not answer.',
    timeout: 'the network took too long.',
    'no-such-upload': 'the storage has forgotten this upload.',
    checksum: 'the file was damaged on its way.',
    'already-exists': 'there is a file of this name already.',
    'access-denied': 'uploading is not allowed.',
    'completion-unknown': 'it is not known whether the file arrived whole.',
    server: 'the storage had a problem.',
    protocol: 'the storage gave an answer that makes no sense.',
    storage: 'this browser could not keep its record.',
    other: 'something unexpected happened.',
  } satisfies Record<OssUploadErrorCode | 'other', string>,
  unreadable: 'It cannot be read.',
  maybeFolder: 'It cannot be read. If it is a folder, drop it by itself.',
  notAccepted: 'This type of file is not accepted.',
  tooLarge: (limit: string) => `Too large: ${limit} at most.`,
  tooSmall: (limit: string) => `Too small: ${limit} at least.`,
  tooMany: (limit: string) => `Too many files: ${limit} at most.`,
  refused: 'This file is not accepted.',
  bytesOf: (loaded: string, total: string) => `${loaded} of ${total}`,
  speed: (bytesPerSecond: string) => `${bytesPerSecond}/s`,
  timeLeft: (duration: string) => `${duration} left`,
  pause: (name: string) => `Pause ${name}`,
  resume: (name: string) => `Resume ${name}`,
  retry: (name: string) => `Retry ${name}`,
  remove: (name: string) => `Remove ${name}`,
  discard: (name: string) => `Discard ${name}`,
  choose: (name: string) => `Choose ${name} again`,
  allow: (name: string) => `Allow reading ${name}`,
  copy: (name: string) => `Copy the link to ${name}`,
  open: (name: string) => `Open ${name}`,
  progressOf: (name: string) => `Progress of ${name}`,
  pauseAll: 'Pause all',
  resumeAll: 'Resume all',
  retryFailed: 'Retry failed',
  clearDone: 'Clear done',
  progressOfAll: 'Progress of all files',
  summary: (done: string, all: string, percent: string) => `${done} of ${all} uploaded, ${percent}`,
  added: (count: string, isOne: boolean) => (isOne ? '1 file added' : `${count} files added`),
  uploaded: (name: string) => `${name} is uploaded`,
  uploadedMany: (count: string) => `${count} files are uploaded`,
  failedFile: (name: string, reason: string) => `${name} failed: ${reason}`,
  failedMany: (count: string) => `${count} files failed`,
  removed: (name: string) => `${name} is removed`,
  copied: 'Link copied',
  notCopied: 'The link could not be copied',
  offline: 'You are offline. Uploads wait.',
  online: 'You are back online. Uploads go on.',
  valueMissing: 'Choose a file.',
  inFlight: 'Wait until the files are uploaded.',
}

/**
 * Every word the picker says. Numbers and sizes arrive formatted; a name is the file's. Those of `doing` say what a file is doing,
 * of `waiting` why nothing moves, of `reasons` why an upload failed.
 */
export type Messages = Readonly<typeof en>

/** Said where it is shown: the language may change meanwhile. */
export type Sentence = (messages: Messages, format: Format) => string

/** Any of them, in other words. */
export type OwnMessages = Partial<Omit<Messages, 'doing' | 'waiting' | 'reasons'>> & {
  readonly [group in 'doing' | 'waiting' | 'reasons']?: Partial<Messages[group]>
}
