import type { TransportReply } from '../environment.js'
import { reply } from '../testing/memory-oss.js'
import type { Operation } from './operation.js'
import { failure } from './strict-oss.js'

/** What may befall one request. */
export interface Fault {
  /** Absent: any operation. */
  readonly hits?: readonly Operation[]
  /** Whether OSS carries the request out. */
  readonly commits: boolean
  /** The line breaks, nothing is heard ever again, or an answer comes. */
  readonly ends: 'reset' | 'silence' | 'answer'
  /** In place of OSS's own, which is given where the request was carried out. */
  readonly answer?: (own: TransportReply) => TransportReply
  /** A byte of the body changes on its way. */
  readonly damages?: true
  /** Somebody aborts the upload on OSS just before. */
  readonly aborts?: true
}

const PAGE_OF_A_PROXY = '<!DOCTYPE html><html><body>Please log in to the hotel Wi-Fi</body></html>'
const PAGE_HEADERS = {
  'content-length': String(PAGE_OF_A_PROXY.length),
  'content-type': 'text/html',
}
const OF_BYTES = ['PutObject', 'UploadPart'] as const
const OF_XML = ['Initiate', 'Complete', 'ListParts', 'ListUploads'] as const

function refused(status: number, code: string, headers: Record<string, string> = {}): Fault {
  const { body } = failure(status, code)
  return { commits: false, ends: 'answer', answer: () => reply(status, body, headers) }
}

function page(status: number): Fault {
  return {
    commits: false,
    ends: 'answer',
    answer: () => reply(status, PAGE_OF_A_PROXY, PAGE_HEADERS),
  }
}

function changed(hits: Fault['hits'], answer: Fault['answer'] & object): Fault {
  return { commits: true, ends: 'answer', answer, ...(hits ? { hits } : {}) }
}

export const FAULTS = {
  'connection refused': { commits: false, ends: 'reset' },
  'answer lost': { commits: true, ends: 'reset' },
  'half-open': { commits: false, ends: 'silence' },
  'half-open after commit': { commits: true, ends: 'silence' },
  '500 InternalError': refused(500, 'InternalError'),
  '503 ServiceUnavailable': refused(503, 'ServiceUnavailable'),
  '503 with Retry-After': refused(503, 'ServiceUnavailable', { 'retry-after': '3' }),
  '500 after commit': changed(undefined, () => failure(500, 'InternalError')),
  '503 after commit': changed(undefined, () => failure(503, 'ServiceUnavailable')),
  '429 with Retry-After': refused(429, 'TooManyRequests', { 'retry-after': '2' }),
  '400 RequestTimeout': refused(400, 'RequestTimeout'),
  '403 SecurityTokenExpired': refused(403, 'SecurityTokenExpired'),
  '403 InvalidSecurityToken': refused(403, 'InvalidSecurityToken'),
  '403 InvalidAccessKeyId': refused(403, 'InvalidAccessKeyId'),
  '403 AccessDenied': refused(403, 'AccessDenied'),
  '502 page': page(502),
  '404 page': page(404),
  '200 page': page(200),
  'empty answer': { ...changed(OF_XML, (own) => ({ ...own, body: '' })) },
  'truncated answer': changed(OF_XML, (own) => ({
    ...own,
    body: own.body.slice(0, own.body.length >> 1),
  })),
  'ETag hidden': changed(OF_BYTES, (own) => without(own, 'etag')),
  'ETag wrong': changed(OF_BYTES, (own) => withHeader(own, 'etag', `"${'0'.repeat(32)}"`)),
  'CRC hidden': changed([...OF_BYTES, 'Complete', 'HeadObject'], (own) =>
    without(own, 'x-oss-hash-crc64ecma'),
  ),
  'CRC wrong': changed([...OF_BYTES, 'Complete'], (own) =>
    withHeader(own, 'x-oss-hash-crc64ecma', '1'),
  ),
  'bytes damaged': { commits: true, ends: 'answer', damages: true, hits: OF_BYTES },
  'upload aborted on OSS': {
    commits: true,
    ends: 'answer',
    aborts: true,
    hits: ['UploadPart', 'Complete', 'ListParts'],
  },
} as const satisfies Record<string, Fault>

export type FaultName = keyof typeof FAULTS
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[]

export function faultOf(name: FaultName): Fault {
  return FAULTS[name]
}

function without(own: TransportReply, hidden: string): TransportReply {
  return { ...own, header: (name) => (name === hidden ? undefined : own.header(name)) }
}

/** What failed anyway has no such header to change. */
function withHeader(own: TransportReply, changedName: string, value: string): TransportReply {
  if (own.status !== 200) return own
  return { ...own, header: (name) => (name === changedName ? value : own.header(name)) }
}
