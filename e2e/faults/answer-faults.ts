import type { Fault } from '../../demo/oss-server/fault-script.js'
import { CANCELLED, DOCUMENTS, type Family, fails, mended, SENDING, SIGNED } from './row.js'

const edit = (change: Omit<Extract<Fault, { do: 'edit' }>, 'do'>): Fault => ({
  do: 'edit',
  ...change,
})

/** No browser shows headers of another origin without being told to. */
const NO_CORS = {
  'Access-Control-Allow-Origin': null,
  'Access-Control-Allow-Methods': null,
  'Access-Control-Allow-Headers': null,
  'Access-Control-Expose-Headers': null,
} as const
const PROXY = fails('protocol', 'does a proxy answer in place of OSS?')
const NOT_JSON = fails('credentials', 'does a login page stand in front of it?')
const KIB = 1024
const HUGE = `<?xml version="1.0"?><A>${'x'.repeat(2 * KIB * KIB)}</A>`
const DEEP = `<?xml version="1.0"?>${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}`
const LOGIN = '<!doctype html><title>Hotel Wi-Fi</title><h1>Sign in</h1>'
const CORS = fails('cors', 'its CORS rule allows origin')

const SPOILT_DOCUMENTS: readonly Family[] = (
  [
    ['truncated', 'a 200 whose XML ends in the middle', '<?xml version="1.0"?><Initiate'],
    ['huge', 'a 200 with 2 MiB of XML', HUGE],
    ['deep', 'a 200 with XML 50,000 levels deep', DEEP],
    ['html', 'a 200 with the sign-in page of a hotel', LOGIN],
    ['empty', 'a 200 with nothing', ''],
  ] as const
).flatMap(([id, title, body]): Family[] => [
  {
    id,
    title,
    fault: edit({ body }),
    once: mended(DOCUMENTS),
    // Another try of a Complete meets an upload that is done.
    always: { Initiate: PROXY, ListParts: PROXY, Complete: { end: 'survives', extra: 1 } },
  },
  ...(body === '' ? [] : [pageInsteadOfNothing(id, title, body)]),
])

function pageInsteadOfNothing(id: string, title: string, body: string): Family {
  return {
    id: `${id}-instead`,
    title: `${title}, where OSS answers without a body`,
    fault: edit({ body }),
    once: mended(SENDING),
    always: { PutObject: fails('protocol', 'is not from OSS', 'whole'), UploadPart: PROXY },
  }
}

const SPOILT_GRANTS: readonly Family[] = (
  [
    ['truncated-json', 'JSON that ends in the middle', '{"accessKeyId": "STS.', NOT_JSON],
    [
      'deep-json',
      'JSON 50,000 levels deep',
      `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      fails('credentials', 'The answer with the credentials'),
    ],
    [
      'huge-json',
      '2 MiB of JSON',
      JSON.stringify({ x: 'x'.repeat(2 * KIB * KIB) }),
      fails('credentials', 'has no accessKeyId or no accessKeySecret'),
    ],
    ['login-page', 'a sign-in page', LOGIN, NOT_JSON],
  ] as const
).map(([id, title, body, failure]) => ({
  id,
  title: `a 200 with ${title}`,
  fault: edit({ body }),
  once: { credentials: failure, ...mended(['STS']) },
  always: { STS: fails('credentials', 'answered 500 instead of credentials') },
}))

/** A HEAD has no body to tell it by. */
const PAGE_FOR_HEAD: Family = {
  id: 'page-for-head',
  title: 'a 200 of the size and type of a sign-in page, without any header of OSS',
  fault: edit({
    headers: {
      'Content-Length': String(LOGIN.length),
      'Content-Type': 'text/html',
      ETag: null,
      'Last-Modified': null,
      'x-oss-hash-crc64ecma': null,
      'x-oss-object-type': null,
      'x-oss-request-id': null,
    },
  }),
  once: mended(['HeadObject']),
  always: { HeadObject: fails('protocol', 'is not from OSS', 'whole') },
}

const WRONG_ETAG = edit({ headers: { ETag: '"00000000000000000000000000000000"' } })
const WRONG_CRC = edit({ headers: { 'x-oss-hash-crc64ecma': '1' } })
const NO_ETAG = edit({ headers: { ETag: null } })
const NO_CRC = edit({ headers: { 'x-oss-hash-crc64ecma': null } })

const INTEGRITY: readonly Family[] = [
  {
    id: 'wrong-etag',
    title: 'an ETag that is not the one OSS keeps',
    fault: WRONG_ETAG,
    // OSS says InvalidPart then: the part is sent again, a few times.
    once: { ...mended(['UploadPart']), ...mended(['PutObject', 'Complete'], { extra: 0 }) },
    always: { UploadPart: fails('server', 'InvalidPart') },
  },
  {
    id: 'no-etag',
    title: 'no ETag, or CORS hides it',
    fault: NO_ETAG,
    once: mended(['Complete', 'HeadObject'], { extra: 0 }),
    always: mended(SENDING, { extra: 1 }),
  },
  {
    id: 'wrong-crc',
    title: 'a CRC-64 that is not the one of the bytes',
    fault: WRONG_CRC,
    once: {
      ...mended(SENDING),
      Complete: fails('checksum', 'arrived as other bytes than were read', 'whole'),
      HeadObject: fails('no-such-upload', 'NoSuchUpload', 'whole'),
    },
    always: {
      PutObject: fails('checksum', 'arrived as other bytes than were read', 'whole'),
      UploadPart: fails('checksum', 'arrived as other bytes than were read'),
    },
  },
  {
    id: 'no-crc-part',
    title: 'no CRC-64 of the parts, or CORS hides it',
    fault: NO_CRC,
    always: mended(['UploadPart'], { extra: 0 }),
  },
  {
    id: 'no-crc',
    title: 'no CRC-64 of the object, or CORS hides it',
    fault: NO_CRC,
    once: {
      HeadObject: fails('completion-unknown', 'expose x-oss-hash-crc64ecma', 'whole'),
      ...mended(['Complete', 'PutObject'], { extra: 0 }),
    },
  },
]

const CORS_FAULTS: readonly Family[] = [
  {
    id: 'preflight-without-cors',
    title: 'no CORS headers on the preflight, once the page has read answers',
    fault: edit({ headers: NO_CORS }),
    once: mended(['preflight']),
    always: { preflight: fails('network', 'No answer from') },
  },
  {
    id: 'answer-without-cors',
    title: 'no CORS headers on the answer, once the page has read answers',
    fault: edit({ headers: NO_CORS }),
    once: mended(SIGNED),
    always: {
      PutObject: fails('network', 'No answer from', 'whole'),
      UploadPart: fails('network', 'No answer from'),
      Initiate: fails('network', 'No answer from'),
      Complete: { end: 'survives', extra: 1 },
      ListParts: fails('network', 'No answer from'),
      HeadObject: fails('network', 'No answer from', 'whole'),
      Abort: CANCELLED,
    },
  },
  {
    id: 'cold-without-cors',
    title: 'no CORS headers on the first answers the page gets of OSS',
    fault: edit({ headers: NO_CORS }),
    isCold: true,
    once: mended(['PutObject', 'Initiate']),
    always: {
      // The body went out, and other answers can be read: that looks like a proxy which breaks bodies.
      PutObject: fails('network', 'No answer from', 'whole'),
      Initiate: CORS,
    },
  },
]

/** The server answers, and the answer is not what it should be. */
export const ANSWER_FAULTS: readonly Family[] = [
  ...SPOILT_DOCUMENTS,
  ...SPOILT_GRANTS,
  PAGE_FOR_HEAD,
  ...INTEGRITY,
  ...CORS_FAULTS,
]
