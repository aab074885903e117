import { fails, type Outcome } from './row.js'

const SURVIVES: Outcome = { end: 'survives', extra: 6 }
const WAITS: Outcome = { end: 'survives', extra: 6, waitingFor: 'network' }
const CHANGED = fails('file-changed', 'choose it again')

interface Entry {
  readonly title: string
  /** The requests under way then. */
  readonly on: string
  readonly expect: Outcome
}

/** What can go wrong in the browser; `browser-faults.spec.ts` has a play for each of these names, or does not compile. */
export const BROWSER_TABLE = {
  'offline-for-a-moment': {
    title: 'the device goes offline while parts are on the line, and comes back',
    on: 'UploadPart',
    expect: WAITS,
  },
  'offline-for-long': {
    title: 'the device is offline for ten minutes',
    on: 'UploadPart',
    expect: WAITS,
  },
  asleep: {
    title: 'the device sleeps for ten minutes: connections are dead and credentials over',
    on: 'UploadPart, credentials',
    expect: SURVIVES,
  },
  'clock-16-min-ahead': {
    title: 'the clock of the device is 16 minutes ahead',
    on: 'Initiate',
    expect: SURVIVES,
  },
  'clock-16-min-behind': {
    title: 'the clock of the device is 16 minutes behind',
    on: 'Initiate',
    expect: SURVIVES,
  },
  'clock-a-day-ahead': {
    title: 'the clock of the device is a day ahead',
    on: 'Initiate',
    expect: SURVIVES,
  },
  'clock-20-years-behind': {
    title: 'the clock of the device is 20 years behind',
    on: 'Initiate',
    expect: SURVIVES,
  },
  'clock-known': {
    title:
      'the clock of the device is a day ahead, and the page can read when the app server answered',
    on: 'Initiate',
    expect: SURVIVES,
  },
  'clock-jumps': {
    title: 'the clock of the device jumps ahead by a day while parts are on the line',
    on: 'UploadPart, Complete',
    expect: SURVIVES,
  },
  'tab-frozen': {
    title: 'the browser freezes the tab while parts are on the line, and thaws it',
    on: 'UploadPart',
    expect: SURVIVES,
  },
  'indexeddb-blocked': {
    title: 'IndexedDB is blocked',
    on: 'every request of an upload by parts',
    expect: SURVIVES,
  },
  'indexeddb-full': {
    title: 'IndexedDB is full',
    on: 'every request of an upload by parts',
    expect: SURVIVES,
  },
  'indexeddb-corrupt': {
    title: 'the record of an earlier visit is corrupt',
    on: 'Initiate instead of ListParts',
    expect: SURVIVES,
  },
  'file-edited': {
    title: 'the file is edited on disk while parts are on the line',
    on: 'UploadPart',
    expect: CHANGED,
  },
  'file-truncated': {
    title: 'the file is cut short on disk while parts are on the line',
    on: 'UploadPart',
    expect: CHANGED,
  },
  'file-deleted': {
    title: 'the file is deleted from disk while parts are on the line',
    on: 'UploadPart',
    expect: fails('file-unreadable', 'Choose it again'),
  },
  'worker-blocked': {
    title: "the page's policy blocks workers",
    on: 'every request of an upload by parts',
    expect: SURVIVES,
  },
} as const satisfies Readonly<Record<string, Entry>>

export type BrowserFault = keyof typeof BROWSER_TABLE

export const BROWSER_ENTRIES: readonly (readonly [BrowserFault, Entry])[] = Object.entries(
  BROWSER_TABLE,
) as [BrowserFault, Entry][]
