const MAX_KEY_BYTES = 1023

/** Percent-encodes every UTF-8 byte except `A-Z a-z 0-9 - . _ ~`. */
export function encodeComponent(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Of OSS they are letters and digits; of whoever stands between, something that can be sent at least. */
export function isUploadId(text: string): boolean {
  return /^[!-~]+$/.test(text)
}

/** Encodes an object key once, leaving `/` as it is: the same string is signed and sent. */
export function encodeKey(key: string): string {
  return encodeComponent(key).replaceAll('%2F', '/')
}

/**
 * Refuses keys that OSS would not store, or that a browser would send as another key.
 *
 * @throws TypeError when the key is not a string, empty, starts with `/` or `\`, holds a lone surrogate, or has a `.` or `..` segment.
 * @throws RangeError when the key is longer than 1,023 bytes in UTF-8.
 * @see OSS "Object naming"; the URL standard's dot segments, which apply to `%2e` too.
 */
export function assertSendableKey(key: unknown): asserts key is string {
  if (typeof key !== 'string' || key === '') throw new TypeError('key must be a non-empty string.')
  const flaw = flawOf(key)
  if (flaw) throw new TypeError(`key ${JSON.stringify(key)} ${flaw}.`)
  const bytes = new TextEncoder().encode(key).length
  if (bytes > MAX_KEY_BYTES) {
    throw new RangeError(`key has ${bytes} bytes in UTF-8; OSS allows ${MAX_KEY_BYTES}.`)
  }
}

function flawOf(key: string): string | undefined {
  if (/^[/\\]/.test(key)) return 'must not start with "/" or "\\"'
  if (/(^|\/)\.\.?(\/|$)/.test(key))
    return 'has a "." or ".." segment, which browsers remove from URLs'
  // A half of a surrogate pair: with the flag `u`, whole pairs do not match.
  if (/[\ud800-\udfff]/u.test(key)) return 'holds a lone surrogate, which UTF-8 cannot carry'
  return undefined
}
