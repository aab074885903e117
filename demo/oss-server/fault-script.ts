import { Readable } from 'node:stream'
import { ConnectionDrop, type FaultSource, type FaultTarget } from './faults.js'
import { errorXml, OssError } from './oss-error.js'
import type { Reply } from './reply.js'
import { cutAfter, trickled, untilCut } from './slow-streams.js'

/** What a page, and the app server behind it, asks for on the way of a file. */
export const REQUEST_KINDS = [
  'preflight',
  'PutObject',
  'Initiate',
  'UploadPart',
  'Complete',
  'ListParts',
  'HeadObject',
  'Abort',
  'credentials',
  'STS',
] as const
export type RequestKind = (typeof REQUEST_KINDS)[number]

/**
 * Trouble as plain data. `asked`: the head of the request is read; `received`: all of it is there and checked, nothing is done;
 * `done`: it is done, and the client does not know yet.
 */
export type Fault =
  /** The connection breaks, and for so long nobody listens. */
  | { readonly do: 'refuse'; readonly forMs: number }
  /** The connection ends without an answer. */
  | { readonly do: 'drop'; readonly when: 'asked' | 'received' | 'done' }
  | { readonly do: 'cut-request'; readonly atByte: number }
  /** Counted from the first byte after the headers. */
  | { readonly do: 'cut-answer'; readonly atByte: number }
  /** The connection stays open and nothing ever comes. */
  | { readonly do: 'hang' }
  | {
      readonly do: 'trickle'
      readonly what: 'request' | 'answer'
      readonly bytesPerSecond: number
    }
  /** A refusal as OSS words it, or with a body of somebody else's. */
  | {
      readonly do: 'error'
      readonly when: 'asked' | 'received' | 'done'
      readonly status: number
      readonly code: string
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  /** A success whose answer says something else. `null` takes a header away. */
  | {
      readonly do: 'edit'
      readonly status?: number
      readonly headers?: Readonly<Record<string, string | null>>
      readonly body?: string
    }

export interface FaultRule {
  readonly on: RequestKind
  readonly fault: Fault
  /** @defaultValue 1 */
  readonly times?: number | 'always'
}

export interface FaultScript {
  /** One source for the OSS, its STS and the app server. */
  readonly faults: FaultSource
  /** When requests of a kind came, in real milliseconds; preflights only as such. */
  asked(kind: RequestKind): readonly number[]
  /** How often a rule struck requests of a kind. */
  struck(kind: RequestKind): number
  /** Lets go what hangs or trickles, and makes no trouble any more. */
  release(): void
}

/** Ends all connections to the server a kind of request goes to, and refuses new ones for so long. */
export type Refuse = (kind: RequestKind, forMs: number) => void

/** Each rule strikes the first requests of its kind that no earlier rule strikes. */
export function createFaultScript(rules: readonly FaultRule[], refuse: Refuse): FaultScript {
  const left = rules.map(({ times = 1 }) => (times === 'always' ? Number.POSITIVE_INFINITY : times))
  const asked = new Map<RequestKind, number[]>()
  const chosen = new WeakMap<FaultTarget, Fault>()
  const release = new AbortController()
  const strikes = new Map<RequestKind, number>()

  function choose(target: FaultTarget): Fault | undefined {
    const kind = kindOf(target)
    if (!kind || release.signal.aborted) return undefined
    asked.set(kind, [...(asked.get(kind) ?? []), performance.now()])
    const index = rules.findIndex((rule, i) => rule.on === kind && (left[i] ?? 0) > 0)
    const rule = rules[index]
    if (!rule) return undefined
    left[index] = (left[index] ?? 0) - 1
    strikes.set(kind, (strikes.get(kind) ?? 0) + 1)
    chosen.set(target, rule.fault)
    if (rule.fault.do === 'refuse') refuse(kind, rule.fault.forMs)
    return rule.fault
  }

  const faults: FaultSource = {
    async beforeAuth(target) {
      const fault = choose(target)
      if (fault?.do === 'refuse') throw new ConnectionDrop()
      if (fault?.do === 'hang') {
        await untilCut(release.signal)
        throw new ConnectionDrop()
      }
      if (fault) strike(fault, 'asked')
    },
    body(target, body) {
      const fault = chosen.get(target)
      return fault ? bodyUnder(fault, body, release.signal) : body
    },
    beforeCommit(target) {
      const fault = chosen.get(target)
      if (fault) strike(fault, 'received')
    },
    response(target, reply) {
      const fault = chosen.get(target)
      return fault ? replyUnder(fault, reply, target, release.signal) : reply
    },
  }

  return {
    faults,
    asked: (kind) => asked.get(kind) ?? [],
    struck: (kind) => strikes.get(kind) ?? 0,
    release: () => release.abort(),
  }
}

const KINDS = new Map<string, RequestKind>([
  ['PutObject', 'PutObject'],
  ['InitiateMultipartUpload', 'Initiate'],
  ['UploadPart', 'UploadPart'],
  ['CompleteMultipartUpload', 'Complete'],
  ['ListParts', 'ListParts'],
  ['HeadObject', 'HeadObject'],
  ['AbortMultipartUpload', 'Abort'],
  ['/api/oss/credentials', 'credentials'],
  ['AssumeRole', 'STS'],
])

/** Of the preflights those of parts count: there are the most of them, and the browser treats all alike. */
function kindOf({ operation, preflightOf }: FaultTarget): RequestKind | undefined {
  if (operation !== 'Preflight') return KINDS.get(operation)
  return preflightOf === 'UploadPart' ? 'preflight' : undefined
}

function strike(fault: Fault, when: 'asked' | 'received'): void {
  if (fault.do === 'drop' && fault.when === when) throw new ConnectionDrop()
  if (fault.do === 'error' && fault.when === when) {
    throw new OssError(fault.status, fault.code, 'Trouble made on purpose.')
  }
}

function bodyUnder(fault: Fault, body: Readable, released: AbortSignal): Readable {
  if (fault.do === 'cut-request') return cutAfter(body, fault.atByte)
  if (fault.do !== 'trickle' || fault.what !== 'request') return body
  return trickled(body, fault.bytesPerSecond, released)
}

function replyUnder(
  fault: Fault,
  reply: Reply,
  { method }: FaultTarget,
  released: AbortSignal,
): Reply {
  const isSuccess = reply.status < 300
  switch (fault.do) {
    case 'drop':
      if (fault.when === 'done' && isSuccess) throw new ConnectionDrop()
      return reply
    case 'error':
      return errorUnder(fault, reply, method)
    case 'edit':
      return isSuccess ? edited(reply, fault, method) : reply
    case 'cut-answer':
      return withBody(reply, (bytes) => cutAfter(bytes, fault.atByte))
    case 'trickle':
      if (fault.what === 'request') return reply
      return withBody(reply, (bytes) => trickled(bytes, fault.bytesPerSecond, released))
    default:
      return reply
  }
}

function errorUnder(fault: Extract<Fault, { do: 'error' }>, reply: Reply, method: string): Reply {
  const { status, code, headers, body } = fault
  if (fault.when !== 'done') return edited(reply, fault, method)
  if (reply.status >= 300) return reply
  const error = new OssError(status, code, 'Trouble made on purpose.')
  const cors = Object.entries(reply.headers ?? {}).filter(([name]) => name.startsWith('Access-'))
  const xml = body ?? errorXml(error, 'FAULT', 'localhost')
  return { status, code, headers: { ...Object.fromEntries(cors), ...headers }, body: xml }
}

type Edit = Omit<Extract<Fault, { do: 'edit' }>, 'do'>

function edited(reply: Reply, { status, headers = {}, body }: Edit, method: string): Reply {
  const merged = new Map<string, string>()
  // One header may have been named in another case.
  const gone = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  if (body !== undefined) gone.add('content-length')
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    if (!gone.has(name.toLowerCase())) merged.set(name, value)
  }
  for (const [name, value] of Object.entries(headers)) if (value !== null) merged.set(name, value)
  const next = { ...reply, status: status ?? reply.status, headers: Object.fromEntries(merged) }
  return body === undefined || method === 'HEAD' ? next : { ...next, body }
}

function withBody(reply: Reply, change: (body: Readable) => Readable): Reply {
  const { body = '', headers } = reply
  if (typeof body !== 'string') return { ...reply, body: change(body) }
  const bytes = Buffer.from(body)
  return {
    ...reply,
    headers: { ...headers, 'Content-Length': String(bytes.length) },
    body: change(Readable.from([bytes])),
  }
}
