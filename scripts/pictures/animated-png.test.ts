import { deflateSync, inflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { animatedPng } from './animated-png.js'

const RED = [255, 0, 0]
const GREEN = [0, 255, 0]
const RGB = 2

interface Chunk {
  readonly type: string
  readonly data: Buffer
}

/** Bit by bit as the specification has it: the code under test looks its own up elsewhere. */
function crcOf(bytes: Iterable<number>): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** Every chunk, with a right length and CRC, and nothing after the last. */
function chunksOf(png: Buffer): Chunk[] {
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a')
  const chunks: Chunk[] = []
  let at = 8
  while (at < png.length) {
    const end = at + 8 + png.readUInt32BE(at)
    expect(png.readUInt32BE(end)).toBe(crcOf(png.subarray(at + 4, end)))
    chunks.push({
      type: png.toString('latin1', at + 4, at + 8),
      data: png.subarray(at + 8, end),
    })
    at = end + 4
  }
  expect(at).toBe(png.length)
  return chunks
}

function chunk(type: string, data: Buffer): Buffer {
  const whole = Buffer.concat([Buffer.alloc(4), Buffer.from(type), data, Buffer.alloc(4)])
  whole.writeUInt32BE(data.length)
  whole.writeUInt32BE(crcOf(whole.subarray(4, -4)), whole.length - 4)
  return whole
}

/** Its data in two chunks and a text between, as some encoders write them. */
function png(lines: Buffer, width: number, colourType = RGB): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(lines.length / (width * 3 + 1), 4)
  header[8] = 8
  header[9] = colourType
  const packed = deflateSync(lines, { level: 0 })
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', packed.subarray(0, 5)),
    chunk('IDAT', packed.subarray(5)),
    chunk('tEXt', Buffer.from('Comment\0made by hand')),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Each line of a picture begins with its filter: none. */
const lineOf = (...colours: readonly (readonly number[])[]) => Buffer.from([0, ...colours.flat()])
const row = (colour: readonly number[]) => lineOf(colour, colour, colour)

const typesOf = (chunks: readonly Chunk[]) => chunks.map(({ type }) => type)

describe('an animation', () => {
  const three = chunksOf(
    animatedPng([
      { png: png(row(RED), 3), showMs: 1500 },
      { png: png(row(GREEN), 3), showMs: 40 },
      { png: png(row(RED), 3), showMs: 65_535 },
    ]),
  )
  const dataOf = (wanted: string) =>
    three.filter(({ type }) => type === wanted).map(({ data }) => data)

  test('has its chunks in the order they must stand in', () => {
    const body = ['fcTL', 'IDAT', 'fcTL', 'fdAT', 'fcTL', 'fdAT']
    expect(typesOf(three)).toEqual(['IHDR', 'acTL', ...body, 'IEND'])
  })

  test('says how many frames there are, and that it never ends', () => {
    expect(dataOf('acTL').map((data) => data.toString('hex'))).toEqual(['0000000300000000'])
  })

  test('numbers what belongs to a frame from 0, without a gap', () => {
    const numbered = three.filter(({ type }) => type === 'fcTL' || type === 'fdAT')
    expect(numbered.map(({ data }) => data.readUInt32BE(0))).toEqual([0, 1, 2, 3, 4])
  })

  test('shows each frame whole, and as long as was asked for', () => {
    const controls = dataOf('fcTL')
    for (const control of controls) {
      expect(control).toHaveLength(26)
      const [width, height, x, y] = [4, 8, 12, 16].map((at) => control.readUInt32BE(at))
      expect([width, height, x, y]).toEqual([3, 1, 0, 0])
      // Neither clears nor blends.
      expect([...control.subarray(24)]).toEqual([0, 0])
    }
    const ms = controls.map((data) => (data.readUInt16BE(20) / data.readUInt16BE(22)) * 1000)
    expect(ms).toEqual([1500, 40, 65_535])
  })

  test('has the pixels it was given', () => {
    const packed = [...dataOf('IDAT'), ...dataOf('fdAT').map((data) => data.subarray(4))]
    expect(packed.map((data) => inflateSync(data))).toEqual([RED, GREEN, RED].map(row))
  })
})

test('what stands still is one frame, shown for longer', () => {
  const chunks = chunksOf(
    animatedPng([RED, RED, RED].map((c) => ({ png: png(row(c), 3), showMs: 100 }))),
  )
  expect(typesOf(chunks)).toEqual(['IHDR', 'acTL', 'fcTL', 'IDAT', 'IEND'])
  expect(chunks[2]?.data.readUInt16BE(20)).toBe(300)
})

test('of a frame only what has changed is kept', () => {
  const grid = (...middle: number[]) =>
    Buffer.concat([row(RED), lineOf(RED, middle, GREEN), row(RED), row(RED)])
  const frames = [RED, GREEN].map((middle) => ({ png: png(grid(...middle), 3), showMs: 100 }))
  const [, second] = chunksOf(animatedPng(frames)).filter(({ type }) => type === 'fcTL')
  expect([4, 8, 12, 16].map((at) => second?.data.readUInt32BE(at))).toEqual([1, 1, 1, 1])
  const changed = chunksOf(animatedPng(frames)).find(({ type }) => type === 'fdAT')
  expect(inflateSync(changed?.data.subarray(4) ?? '')).toEqual(lineOf(GREEN))
})

test('filtered lines are read as what they stand for', () => {
  // Worked out by hand: 10 20 30, then the same with each byte 1 more, and so on for each filter.
  const [first, ...others] = [0, 1, 2, 3, 4].map((step) => [10 + step, 20 + step, 30 + step])
  const filtered = Buffer.concat([
    Buffer.from([0, 10, 20, 30, 10, 20, 30]),
    Buffer.from([1, 11, 21, 31, 0, 0, 0]),
    Buffer.from([2, 1, 1, 1, 1, 1, 1]),
    Buffer.from([3, 7, 12, 17, 1, 1, 1]),
    Buffer.from([4, 1, 1, 1, 0, 0, 0]),
  ])
  const data = chunksOf(animatedPng([{ png: png(filtered, 2), showMs: 1 }]))
  const idat = data.find(({ type }) => type === 'IDAT')
  const expected = [first ?? [], ...others].map((colour) => lineOf(colour, colour))
  expect(inflateSync(idat?.data ?? '')).toEqual(Buffer.concat(expected))
})

test.each([
  ['none', []],
  ['of two sizes', [png(row(RED), 3), png(lineOf(RED), 1)]],
  ['of two kinds', [png(row(RED), 3), png(lineOf(RED, RED, RED, RED), 3, 6)]],
  ['with palettes', [png(row(RED), 3, 3)]],
])('frames that make no animation are refused: %s', (_, pngs) => {
  expect(() => animatedPng(pngs.map((png) => ({ png, showMs: 1 })))).toThrow(RangeError)
})

test('what is no PNG is refused', () => {
  expect(() => animatedPng([{ png: Buffer.from('GIF89a...'), showMs: 1 }])).toThrow('no PNG')
})
