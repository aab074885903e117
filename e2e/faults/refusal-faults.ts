import type { Fault } from '../../demo/oss-server/fault-script.js'
import {
  ALL,
  each,
  type Family,
  fails,
  GRANTING,
  mended,
  PARTS_LEFT,
  SENDING,
  SIGNED,
} from './row.js'

type Refusal = Omit<Extract<Fault, { do: 'error' }>, 'do' | 'when'>

const asked = (refusal: Refusal): Fault => ({ do: 'error', when: 'asked', ...refusal })
const done = (refusal: Refusal): Fault => ({ do: 'error', when: 'done', ...refusal })
const HTML = '<html><body><h1>Bad Gateway</h1></body></html>'
const PROXY = { headers: { 'Content-Type': 'text/html', 'x-oss-err': '' }, body: HTML }
const COMMITTING = [...SENDING, 'Initiate', 'Complete', 'Abort'] as const

/** The same refusal, for ever. */
function refused(status: number, code: string, stored?: 'whole') {
  const failure = fails('server', `failed: ${status} ${code}`, stored)
  return {
    ...each([...SENDING, 'Initiate', 'Complete', 'ListParts'], failure),
    HeadObject: fails('server', `failed: ${status} ${code}`, 'whole'),
    Abort: PARTS_LEFT,
    credentials: fails('credentials', `answered ${status} instead of credentials`),
  }
}

const again = (seconds: string) => ({
  headers: { 'Retry-After': seconds, 'Access-Control-Expose-Headers': 'Retry-After' },
})

const OVERLOAD: readonly Family[] = [
  {
    id: '500',
    title: '500 InternalError, nothing done',
    fault: asked({ status: 500, code: 'InternalError' }),
    once: mended(ALL),
    always: refused(500, 'InternalError'),
  },
  {
    id: '500-done',
    title: '500 InternalError, though it is done',
    fault: done({ status: 500, code: 'InternalError' }),
    once: mended(COMMITTING),
    always: {
      PutObject: fails('server', 'failed: 500 InternalError', 'whole'),
      Complete: { end: 'survives', extra: 1 },
    },
  },
  {
    id: '502',
    title: "502 with a proxy's HTML page, nothing done",
    fault: asked({ status: 502, code: 'BadGateway', ...PROXY }),
    once: mended([...SIGNED, ...GRANTING]),
    always: each([...SENDING, 'Initiate', 'Complete'], fails('server', 'failed: 502')),
  },
  {
    id: '502-done',
    title: "502 with a proxy's HTML page, though it is done",
    fault: done({ status: 502, code: 'BadGateway', ...PROXY }),
    once: mended(COMMITTING),
  },
  {
    id: '503',
    title: '503 SlowDown, nothing done',
    fault: asked({ status: 503, code: 'SlowDown' }),
    once: mended([...SIGNED, ...GRANTING]),
    always: refused(503, 'SlowDown'),
  },
  {
    id: '503-done',
    title: '503 ServiceUnavailable, though it is done',
    fault: done({ status: 503, code: 'ServiceUnavailable' }),
    once: mended(COMMITTING),
  },
  {
    id: '503-retry-after',
    title: '503 SlowDown with Retry-After: 1',
    fault: asked({ status: 503, code: 'SlowDown', ...again('1') }),
    once: mended([...SIGNED, ...GRANTING]),
  },
  {
    id: '429',
    title: '429 with Retry-After: 1',
    fault: asked({ status: 429, code: 'TooManyRequests', ...again('1') }),
    once: mended([...SIGNED, 'credentials']),
  },
  {
    id: '429-always',
    title: '429 TooManyRequests',
    fault: asked({ status: 429, code: 'TooManyRequests' }),
    always: each([...SENDING, 'Initiate', 'Complete'], fails('server', 'failed: 429')),
  },
  {
    id: '503-retry-after-waits',
    title: '503 SlowDown with Retry-After: 3, and no try before that',
    fault: asked({ status: 503, code: 'SlowDown', ...again('3') }),
    once: mended(['UploadPart', 'Complete'], { notBeforeMs: 3000 }),
  },
  {
    id: 'request-timeout',
    title: '400 RequestTimeout',
    fault: asked({ status: 400, code: 'RequestTimeout' }),
    once: mended([...SIGNED]),
    always: each(SENDING, fails('timeout', 'failed: 400 RequestTimeout')),
  },
]

function token(code: string): Family {
  const failure = fails('credentials', 'OSS refused two answers of the app server')
  return {
    id: code.toLowerCase(),
    title: `403 ${code}`,
    fault: asked({ status: 403, code }),
    once: mended([...SIGNED]),
    always: {
      ...each([...SENDING, 'Initiate', 'Complete', 'ListParts'], failure),
      HeadObject: fails('credentials', 'OSS refused two answers of the app server', 'whole'),
      Abort: PARTS_LEFT,
    },
  }
}

const NO_UPLOAD = fails('no-such-upload', 'failed: 404 NoSuchUpload')
const EXISTS = fails('already-exists', 'Choose another key, or leave out forbidOverwrite')

const STATE: readonly Family[] = [
  {
    id: 'no-such-upload',
    title: '404 NoSuchUpload',
    fault: asked({ status: 404, code: 'NoSuchUpload' }),
    once: {
      UploadPart: NO_UPLOAD,
      Complete: NO_UPLOAD,
      // What an earlier visit began is begun again.
      ListParts: { end: 'survives', extra: 0 },
      Abort: PARTS_LEFT,
    },
  },
  {
    id: 'stale-file',
    title: '409 StaleFile',
    fault: asked({ status: 409, code: 'StaleFile' }),
    once: mended([...SENDING, 'Complete']),
    always: each(['PutObject', 'Complete'], fails('server', 'failed: 409 StaleFile')),
  },
  {
    id: 'already-exists',
    title: '409 FileAlreadyExists',
    fault: asked({ status: 409, code: 'FileAlreadyExists' }),
    once: each(['PutObject', 'Initiate', 'Complete'], EXISTS),
  },
  {
    id: 'callback-failed',
    title: '203 CallbackFailed: the object is stored, the app server was not told',
    fault: done({ status: 203, code: 'CallbackFailed' }),
    once: { PutObject: { end: 'survives', extra: 0 }, Complete: { end: 'survives', extra: 0 } },
  },
  {
    id: 'access-denied',
    title: '403 AccessDenied',
    fault: asked({ status: 403, code: 'AccessDenied' }),
    once: {
      ...each(
        [...SENDING, 'Initiate', 'Complete'],
        fails('access-denied', "app server's session policy"),
      ),
      // Without the right to list, the record alone goes; a lost completion nobody may look at is no success.
      ListParts: { end: 'survives', extra: 0 },
      HeadObject: fails('completion-unknown', 'may not look at the object', 'whole'),
      Abort: PARTS_LEFT,
    },
  },
  {
    id: 'access-denied-resent',
    title: '403 AccessDenied, where Chromium itself had sent the Complete again',
    fault: asked({ status: 403, code: 'AccessDenied' }),
    before: { on: 'Complete', fault: { do: 'drop', when: 'done' } },
    once: { HeadObject: fails('completion-unknown', 'may not look at the object', 'whole') },
  },
  {
    id: 'access-denied-new',
    title:
      '403 AccessDenied, where a PutObject that may overwrite nothing is done and its answer lost',
    fault: asked({ status: 403, code: 'AccessDenied' }),
    before: { on: 'PutObject', fault: { do: 'drop', when: 'done' } },
    options: { forbidOverwrite: true },
    once: { HeadObject: fails('already-exists', 'It may be this file', 'whole') },
  },
  {
    id: 'skewed',
    title: '403 RequestTimeTooSkewed, whatever time the request tells',
    fault: asked({ status: 403, code: 'RequestTimeTooSkewed' }),
    always: {
      ...each(
        [...SENDING, 'Initiate', 'Complete'],
        fails('access-denied', 'The clock of this device'),
      ),
      // As where listing is not allowed, the record alone goes.
      ListParts: { end: 'survives', extra: 0 },
    },
  },
  {
    id: 'credentials-401',
    title: '401: the user is signed out',
    fault: asked({ status: 401, code: 'no_session' }),
    once: { credentials: fails('credentials', 'sign in again') },
  },
  {
    id: 'sts-no-permission',
    title: '403 NoPermission of STS',
    fault: asked({ status: 403, code: 'NoPermission' }),
    always: { STS: fails('credentials', 'answered 500 instead of credentials') },
  },
  {
    id: 'sts-throttled',
    title: '400 Throttling.User of STS',
    fault: asked({ status: 400, code: 'Throttling.User' }),
    once: mended(['STS'], { waitingFor: 'credentials' }),
  },
]

/** The server answers, and says no. */
export const REFUSAL_FAULTS: readonly Family[] = [
  ...OVERLOAD,
  ...['SecurityTokenExpired', 'InvalidSecurityToken', 'InvalidAccessKeyId'].map(token),
  ...STATE,
]
