/** RFC 3986: everything but `A-Z a-z 0-9 - . _ ~` becomes %XX. `encodeURIComponent` leaves five characters too many. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** `name=value` pairs in byte order of the encoded names, as both signatures want them. */
export function canonicalParameters(parameters: Iterable<readonly [string, string]>): string {
  return Array.from(parameters, ([name, value]) => [percentEncode(name), percentEncode(value)])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0))
    .map((pair) => pair.join('='))
    .join('&')
}
