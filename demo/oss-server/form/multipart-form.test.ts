import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundaryOf, readForm } from './multipart-form.js'

const BOUNDARY = 'aB0--x'

function encode(parts: { name: string; filename?: string; body: Buffer }[]): Buffer {
  const pieces = parts.flatMap(({ name, filename, body }) => [
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`),
    Buffer.from(filename === undefined ? '' : `; filename="${filename}"\r\nContent-Type: a/b`),
    Buffer.from('\r\n\r\n'),
    body,
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--\r\n`)])
}

async function* cut(bytes: Buffer, sizes: number[]): AsyncGenerator<Buffer> {
  let at = 0
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function decode(
  source: AsyncIterable<Buffer>,
): Promise<[string, string | undefined, Buffer][]> {
  const parts: [string, string | undefined, Buffer][] = []
  for await (const part of readForm(source, BOUNDARY)) {
    const chunks: Buffer[] = []
    for await (const chunk of part.body) chunks.push(chunk)
    parts.push([part.name, part.filename, Buffer.concat(chunks)])
  }
  return parts
}

test('reads back any bytes, however they are cut', async () => {
  const almost = fc.constantFrom('\r\n', '\r', '--', `\r\n--${BOUNDARY.slice(0, -1)}`, '\n--', 'y')
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.array(almost, { maxLength: 6 }).map((pieces) => Buffer.from(pieces.join(''))),
  )
  const form = fc.array(body, { maxLength: 4 })
  const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(form, sizes, async (bodies, chunkSizes) => {
      const parts = bodies.map((bytes, index) => ({ name: `f${index}`, body: bytes }))
      const decoded = await decode(cut(encode(parts), chunkSizes))
      expect(decoded).toEqual(parts.map(({ name, body: bytes }) => [name, undefined, bytes]))
    }),
    { seed: 20261122, numRuns: 300 },
  )
})

test('skips a part nobody reads', async () => {
  const bytes = encode([
    { name: 'a', body: Buffer.alloc(100) },
    { name: 'B', filename: 'x "1".txt', body: Buffer.from('b') },
  ])
  const names: (string | undefined)[] = []
  for await (const part of readForm(cut(bytes, [7]), BOUNDARY)) names.push(part.name)
  expect(names).toEqual(['a', 'b'])
})

test('reads file names with quotes, of browsers and of others', async () => {
  for (const name of ['a\\"b.txt', 'a%22b.txt']) {
    const bytes = encode([{ name: 'file', filename: name, body: Buffer.from('') }])
    expect((await decode(cut(bytes, [9])))[0]?.[1]).toBe('a"b.txt')
  }
})

test.each([
  ['no end', encode([{ name: 'a', body: Buffer.from('x') }]).subarray(0, -6)],
  [
    'no name',
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\n\r\n--${BOUNDARY}--`),
  ],
  ['no boundary', Buffer.from('x'.repeat(100))],
  ['endless headers', Buffer.from(`--${BOUNDARY}\r\n${'x'.repeat(20_000)}`)],
])('refuses a body with %s', async (_name, bytes) => {
  await expect(decode(cut(bytes, [50]))).rejects.toMatchObject({ code: 'MalformedPOSTRequest' })
})

test('finds the boundary, and refuses what is no form', () => {
  expect(boundaryOf('multipart/form-data; boundary=abc')).toBe('abc')
  expect(boundaryOf('Multipart/Form-Data; charset=utf-8; boundary="a b"')).toBe('a b')
  expect(() => boundaryOf('application/json')).toThrow(
    expect.objectContaining({ code: 'RequestIsNotMultiPartContent' }),
  )
})
