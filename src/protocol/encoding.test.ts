import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertSendableKey, encodeComponent, encodeKey } from './encoding.js'

/** Any text UTF-8 can carry, with what URLs treat specially made frequent. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...'/\\.%?#&+ ~!*\'()"<>:@\t\n\0', '%2F', '%2e', '..', 'é', '中', '😀'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((pieces) => pieces.join(''))

function isSendable(key: string): boolean {
  try {
    assertSendableKey(key)
    return true
  } catch {
    return false
  }
}

describe('encoding', () => {
  it('leaves the unreserved characters alone and writes others in capital hex', () => {
    const unreserved = 'AZaz09-._~'
    expect(encodeComponent(unreserved)).toBe(unreserved)
    expect(encodeComponent("/ +!*'()中")).toBe('%2F%20%2B%21%2A%27%28%29%E4%B8%AD')
  })

  it('keeps the slashes of a key, and encodes one that is written out once more', () => {
    expect(encodeKey('a/b%2Fc//d')).toBe('a/b%252Fc//d')
  })

  it('of a key is undone by decoding', () => {
    fc.assert(fc.property(text, (key) => decodeURIComponent(encodeKey(key)) === key))
  })

  it('gives only characters that stand in a URL as they are', () => {
    fc.assert(fc.property(text, (key) => /^(%[\dA-F]{2}|[\w.~/-])*$/.test(encodeKey(key))))
  })
})

describe('a sendable key', () => {
  it('arrives unchanged through the URL parser', () => {
    fc.assert(
      fc.property(text.filter(isSendable), (key) => {
        const { pathname, search, hash } = new URL(`https://host/${encodeKey(key)}`)
        expect({ pathname, search, hash }).toEqual({
          pathname: `/${encodeKey(key)}`,
          search: '',
          hash: '',
        })
      }),
    )
  })

  it.each(['a', 'a//b', 'a/', '...', 'a/.b', 'b./c', '%2e%2e/x', 'a\\..\\b', ' ', '\n'])(
    '%j is accepted',
    (key) => expect(() => assertSendableKey(key)).not.toThrow(),
  )

  it.each([
    ['/a', 'must not start'],
    ['\\a', 'must not start'],
    ['.', 'segment'],
    ['..', 'segment'],
    ['a/../b', 'segment'],
    ['a/.', 'segment'],
    ['./a', 'segment'],
    ['\ud800', 'lone surrogate'],
    ['a\udc00b', 'lone surrogate'],
    ['', 'non-empty'],
    [undefined, 'non-empty'],
    [7, 'non-empty'],
  ])('%j is refused: %s', (key, why) => {
    expect(() => assertSendableKey(key)).toThrow(TypeError)
    expect(() => assertSendableKey(key)).toThrow(why)
  })

  it('has up to 1,023 bytes of UTF-8, not characters', () => {
    expect(() => assertSendableKey('a'.repeat(1023))).not.toThrow()
    expect(() => assertSendableKey('中'.repeat(341))).not.toThrow()
    expect(() => assertSendableKey('a'.repeat(1024))).toThrow(RangeError)
    expect(() => assertSendableKey('中'.repeat(342))).toThrow('1026 bytes')
  })
})
