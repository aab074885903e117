import { errorDocument, type OssReply, type RequestContext } from './service-error.js'
import { childText } from './xml.js'

/** What became of the callback of a stored object. */
export type CallbackOutcome = CallbackAnswered | CallbackFailed | CallbackUnknown

/** Your server was called, and answered. */
export interface CallbackAnswered {
  /** For a `switch`. */
  readonly status: 'answered'
  /** Its answer: JSON, as text. */
  readonly body: string
}

/** The object is stored, and your server did not answer as OSS wants it: 200, with JSON and a Content-Length, within 5 seconds. */
export interface CallbackFailed {
  /** For a `switch`. */
  readonly status: 'failed'
  /** What OSS says of it. */
  readonly message: string
  /** OSS's fine-grained error code. */
  readonly ec: string | undefined
}

/** The object is stored; the answer was lost on its way to the page. */
export interface CallbackUnknown {
  /** For a `switch`. */
  readonly status: 'unknown'
}

/**
 * The app server's answer, which OSS hands on in place of its own. That it failed OSS says in its own words, and then the object
 * is stored, whoever asked for the callback.
 *
 * @returns `undefined` when there is none: no callback was asked for, or something else answered.
 */
export function readCallback(
  { hasCallback }: RequestContext,
  reply: OssReply,
): CallbackOutcome | undefined {
  if (hasCallback && reply.status === 200 && isJson(reply.body)) {
    return { status: 'answered', body: reply.body }
  }
  const error = reply.status === 203 ? errorDocument(reply) : undefined
  if (!error || childText(error, 'Code') !== 'CallbackFailed') return undefined
  return {
    status: 'failed',
    message: childText(error, 'Message') ?? '',
    ec: childText(error, 'EC') || reply.header('x-oss-ec'),
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
