import {
  ALL,
  CANCELLED,
  each,
  type Family,
  fails,
  GRANTING,
  mended,
  PARTS_LEFT,
  SENDING,
  SIGNED,
} from './row.js'

const NO_ANSWER = fails('network', 'No answer from')
const NO_CREDENTIALS = fails('credentials', 'No answer from')

/** The line breaks, hangs or crawls. */
export const LINE_FAULTS: readonly Family[] = [
  {
    id: 'refuse',
    title: 'the server refuses connections for 100 ms',
    fault: { do: 'refuse', forMs: 100 },
    // How often it is asked meanwhile is a matter of chance.
    once: mended(
      ALL.filter((kind) => kind !== 'Abort'),
      { extra: 4 },
    ),
  },
  {
    id: 'refuse-long',
    title: 'the server refuses connections for 700 ms',
    fault: { do: 'refuse', forMs: 700 },
    once: { Abort: PARTS_LEFT },
  },
  {
    id: 'drop-asked',
    title: 'the connection drops before a byte of the body is read',
    fault: { do: 'drop', when: 'asked' },
    once: mended(ALL),
    always: {
      ...each(['preflight', 'PutObject', 'Initiate', 'UploadPart', 'ListParts'], NO_ANSWER),
      Complete: NO_ANSWER,
      HeadObject: fails('network', 'No answer from', 'whole'),
      Abort: PARTS_LEFT,
      credentials: NO_CREDENTIALS,
      STS: fails('credentials', 'answered 503 instead of credentials'),
    },
  },
  {
    id: 'cut-request-start',
    title: 'the connection breaks at byte 1 of the body',
    fault: { do: 'cut-request', atByte: 1 },
    once: mended(SENDING),
    always: each(SENDING, NO_ANSWER),
  },
  {
    id: 'cut-request-end',
    title: 'the connection breaks just before the last byte of the body',
    fault: { do: 'cut-request', atByte: 50_000 },
    once: mended([...SENDING, 'Complete']),
  },
  {
    id: 'drop-received',
    title: 'the whole request arrives and the connection drops, nothing is done',
    fault: { do: 'drop', when: 'received' },
    once: mended(['PutObject', 'Initiate', 'UploadPart', 'Complete', 'Abort']),
  },
  {
    id: 'drop-done',
    title: 'it is done, and the connection drops before the answer',
    fault: { do: 'drop', when: 'done' },
    once: mended([...SIGNED, ...GRANTING]),
    always: {
      PutObject: fails('network', 'No answer from', 'whole'),
      UploadPart: NO_ANSWER,
      // OSS answers the second try itself: it knows the upload no more.
      Complete: { end: 'survives', extra: 1 },
      Abort: CANCELLED,
    },
  },
  {
    id: 'drop-done-new',
    title: 'it is done, and the connection drops before the answer; nothing may be overwritten',
    fault: { do: 'drop', when: 'done' },
    options: { forbidOverwrite: true },
    once: {
      ...mended(['Initiate', 'UploadPart', 'Complete']),
      // Where the connection had served before, Chromium sends it again by itself, and the first answer heard is the refusal.
      PutObject: {
        end: 'either',
        of: [
          { end: 'survives', extra: 1 },
          fails('already-exists', "exactly this file's bytes", 'whole'),
        ],
      },
    },
  },
  {
    id: 'cut-answer',
    title: 'the connection breaks at byte 20 of the answer',
    fault: { do: 'cut-answer', atByte: 20 },
    once: mended(['Initiate', 'Complete', 'ListParts', ...GRANTING]),
    always: {
      Initiate: NO_ANSWER,
      // Not one answer to any Complete, so nobody hears that it is done; its record stays, to settle it later.
      Complete: fails('network', 'No answer from', 'whole'),
      credentials: NO_CREDENTIALS,
    },
  },
  {
    id: 'hang',
    title: 'the connection is half open: no answer ever comes',
    fault: { do: 'hang' },
    once: mended(ALL),
    always: { Initiate: fails('timeout', 'No answer from') },
  },
  {
    id: 'trickle-request',
    title: 'the server reads 1 byte a second',
    fault: { do: 'trickle', what: 'request', bytesPerSecond: 1 },
    once: mended([...SENDING, 'Complete']),
  },
  {
    id: 'trickle-answer',
    title: 'the answer comes at 1 byte a second',
    fault: { do: 'trickle', what: 'answer', bytesPerSecond: 1 },
    // Not of STS: the app server waits for it by Node's clock, which nobody turns; a half-open one, above, ends the same way.
    once: mended(['Initiate', 'Complete', 'ListParts', 'credentials']),
  },
]
