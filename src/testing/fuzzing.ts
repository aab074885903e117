import fc from 'fast-check'

/** How often a property is tried: few in `npm test`, as many as wanted by `npm run fuzz -- --runs N --seed S`. */
export function fuzzing(usual: number): { numRuns: number; seed?: number } {
  const { FUZZ_RUNS, FUZZ_SEED } = process.env
  return {
    numRuns: Number(FUZZ_RUNS ?? usual),
    ...(FUZZ_SEED ? { seed: Number(FUZZ_SEED) } : {}),
  }
}

/** Milliseconds; as long as it takes where many runs are wanted. */
export const FUZZ_LIMIT_MS = process.env['FUZZ_RUNS'] ? 0 : 60_000

/** A text with a piece cut out, doubled, replaced or moved, or its end lost. */
export function mutated(text: string): fc.Arbitrary<string> {
  const position = fc.nat({ max: text.length })
  const noise = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(...SNIPPETS))
  return fc.array(fc.tuple(position, position, noise), { minLength: 1, maxLength: 3 }).map((cuts) =>
    cuts.reduce((whole, [a, b, put]) => {
      const [start, end] = a < b ? [a, b] : [b, a]
      return whole.slice(0, start) + put + whole.slice(end)
    }, text),
  )
}

const SNIPPETS = [
  '<',
  '>',
  '</',
  '/>',
  '&',
  '&amp;',
  '&#0;',
  '&#xD800;',
  '&lol;',
  '<![CDATA[',
  ']]>',
  '<!--',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '\u0000',
  '\ufeff',
  '<Code>InvalidPart</Code>',
  '<__proto__>1</__proto__>',
  '<Part/>',
  '-1',
  '1e9',
  '99999999999999999999',
  '<IsTruncated>true</IsTruncated>',
]

/** What a proxy, a portal or a broken server answers in place of OSS. */
export const foreignBody: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('', ' ', '{}', '<html><body>Log in<br></body></html>', '<Error/>', '<a>'),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .constantFrom('ServiceUnavailable', 'NoSuchKey', 'constructor', '__proto__', '')
    .map((code) => `<Error><Code>${code}</Code></Error>`),
  fc.nat({ max: 3000 }).map((depth) => '<a>'.repeat(depth) + '</a>'.repeat(depth)),
  fc.nat({ max: 20 }).map((power) => '<a>'.padEnd(2 ** power, 'x')),
)

export const status: fc.Arbitrary<number> = fc.constantFrom(
  ...[100, 200, 200, 200, 203, 204, 206, 301, 304, 400, 403, 404, 409, 429, 500, 502, 503, 504],
)
