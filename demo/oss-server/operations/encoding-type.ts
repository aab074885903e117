import { percentEncode } from '../canonical-request.js'
import { invalidArgument } from '../oss-error.js'
import type { XmlNode } from '../xml.js'

export interface Encoding {
  element: XmlNode | undefined
  encode(text: string): string
}

/** `encoding-type=url`: names come back percent-encoded, because XML cannot carry every character. */
export function encodingOf(query: URLSearchParams): Encoding {
  const type = query.get('encoding-type')
  if (!type) return { element: undefined, encode: (text) => text }
  if (type === 'url') return { element: ['EncodingType', 'url'], encode: percentEncode }
  throw invalidArgument('Invalid Encoding Method specified in Request.', 'encoding-type', type)
}
