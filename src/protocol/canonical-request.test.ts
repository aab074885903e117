import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  additionalHeaderNames,
  canonicalQuery,
  canonicalRequest,
  canonicalUri,
  type QueryParameter,
} from './canonical-request.js'

const request = { method: 'GET', bucket: 'bucket', key: 'key', query: [], headers: {} }

describe('the canonical URI', () => {
  it('holds the bucket, also without a key', () => {
    expect(canonicalUri('bucket')).toBe('/bucket/')
    expect(canonicalUri('bucket', 'a b/c')).toBe('/bucket/a%20b/c')
  })
})

describe('the canonical query', () => {
  it('is sorted by encoded name in byte order, not as a dictionary sorts', () => {
    const names = ['b', 'a-', 'a_', 'B', 'a', '~', 'ä']
    expect(canonicalQuery(names.map((name): QueryParameter => [name, '1']))).toBe(
      '%C3%A4=1&B=1&a=1&a-=1&a_=1&b=1&~=1',
    )
  })

  it('leaves the bare name where there is no value', () => {
    expect(canonicalQuery([['uploads'], ['prefix', '']])).toBe('prefix&uploads')
  })

  it('does not depend on the order of the parameters', () => {
    const parameters = fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string()), {
      selector: ([name]) => name,
    })
    const orders = parameters.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
      ),
    )
    fc.assert(
      fc.property(orders, ([one, other]) => {
        expect(canonicalQuery(one)).toBe(canonicalQuery(other))
      }),
    )
  })

  it('reads back as the same parameters', () => {
    expect([...new URLSearchParams(canonicalQuery([['prefix', "a b/中+&='()*"]]))]).toEqual([
      ['prefix', "a b/中+&='()*"],
    ])
  })
})

describe('the canonical headers', () => {
  it('are sorted and trimmed, and leave out what is not signed', () => {
    const headers = {
      'x-oss-meta-b': ' two  words ',
      'content-type': 'text/plain',
      expires: 'never',
      'content-md5': 'abc==',
    }
    expect(canonicalRequest({ ...request, headers })).toBe(
      'GET\n/bucket/key\n\ncontent-md5:abc==\ncontent-type:text/plain\nx-oss-meta-b:two  words\n\n\nUNSIGNED-PAYLOAD',
    )
  })

  it('hold further headers where they are asked for', () => {
    const headers = { host: 'h', 'x-oss-a': '1' }
    expect(canonicalRequest({ ...request, headers, additionalHeaders: ['Host'] })).toBe(
      'GET\n/bucket/key\n\nhost:h\nx-oss-a:1\n\nhost\nUNSIGNED-PAYLOAD',
    )
  })

  it('name each additional header once, sorted, without those that always are signed', () => {
    const additionalHeaders = ['Range', 'host', 'HOST', 'X-OSS-Date', 'content-type', 'Content-MD5']
    expect(additionalHeaderNames({ ...request, additionalHeaders })).toEqual(['host', 'range'])
  })
})
