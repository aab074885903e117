import fc from 'fast-check'
import { expect, it } from 'vitest'
import * as server from '../../demo/oss-server/canonical-request.js'
import { fuzzing } from '../testing/fuzzing.js'
import { requestUrl } from './address.js'
import { canonicalRequest } from './canonical-request.js'
import { assertSendableKey } from './encoding.js'

const ADDRESS = { bucket: 'bucket', region: 'cn-hangzhou', addressing: 'virtual-hosted' } as const
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(..."/.%+ ~!*'()?#&=;\\:@$,[]"), maxLength: 20 }),
)
const key = text.filter((candidate) => {
  try {
    assertSendableKey(candidate)
    return true
  } catch {
    return false
  }
})
const query = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z-]{1,12}$/), text), {
  selector: ([name]) => name,
  maxLength: 5,
})
/** As `checkObjectOptions` lets them through. */
const headers = fc.dictionary(
  fc.stringMatching(/^(content-type|content-md5|x-oss-[a-z-]{1,10}|expires)$/),
  fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{1,40}$/).filter((value) => /\S/.test(value)),
  { maxKeys: 5 },
)

it('signs, for any key, query and headers, what the server reads off the wire', () => {
  fc.assert(
    fc.property(key, query, headers, (key, query, headers) => {
      const sent = new URL(
        requestUrl({ ...ADDRESS, endpoint: 'https://oss.example.com' }, key, query),
      )
      const request = { method: 'PUT', bucket: 'bucket', key, query, headers }
      const received = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          value.replace(/^[\t ]+|[\t ]+$/g, ''),
        ]),
      )
      expect(decodeURIComponent(sent.pathname.slice(1))).toBe(key)
      expect(canonicalRequest(request)).toBe(
        server.canonicalRequest({
          ...request,
          key: decodeURIComponent(sent.pathname.slice(1)),
          query: sent.searchParams,
          headers: received,
          additionalHeaders: [],
        }),
      )
    }),
    fuzzing(1000),
  )
})
