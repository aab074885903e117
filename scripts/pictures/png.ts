import { inflateSync } from 'node:zlib'

/** A PNG, unpacked. */
export interface Picture {
  /** Size, colour type and the like, as in the file. */
  readonly header: Buffer
  readonly width: number
  readonly height: number
  readonly bytesPerPixel: number
  /** Line after line. */
  readonly pixels: Buffer
}

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const BYTES_PER_PIXEL = new Map([
  [2, 3],
  [6, 4],
])

/** @throws RangeError for kinds that browsers do not take screenshots in: with palettes, interlaced, deeper than 8 bits. */
export function readPicture(png: Buffer): Picture {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new TypeError('This is no PNG.')
  const data = { IHDR: Buffer.alloc(0), IDAT: Buffer.alloc(0) }
  for (let at = 8; at < png.length; ) {
    const end = at + 8 + png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    const content = png.subarray(at + 8, end)
    if (type === 'IHDR' || type === 'IDAT') data[type] = Buffer.concat([data[type], content])
    at = end + 4
  }
  const header = data.IHDR
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const [depth, colourType, , , interlace] = header.subarray(8)
  const bytesPerPixel = BYTES_PER_PIXEL.get(colourType ?? -1)
  if (!bytesPerPixel || depth !== 8 || interlace !== 0) {
    throw new RangeError('Only PNGs of 8 bits a colour, without palette and interlace, are read.')
  }
  const pixels = unfiltered(inflateSync(data.IDAT), width * bytesPerPixel, bytesPerPixel)
  return { header, width, height, bytesPerPixel, pixels }
}

/** @see PNG Specification (Third Edition), 9.2 "Filter types for filter method 0". */
function unfiltered(filtered: Buffer, stride: number, bytesPerPixel: number): Buffer {
  const lines = filtered.length / (stride + 1)
  const pixels = Buffer.alloc(lines * stride)
  for (let line = 0; line < lines; line++) {
    const from = line * (stride + 1)
    const filter = filtered[from] ?? 0
    for (let i = 0; i < stride; i++) {
      const at = line * stride + i
      const left = i < bytesPerPixel ? 0 : (pixels[at - bytesPerPixel] ?? 0)
      const above = pixels[at - stride] ?? 0
      const aboveLeft = i < bytesPerPixel ? 0 : (pixels[at - stride - bytesPerPixel] ?? 0)
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, aboveLeft)][filter]
      pixels[at] = (filtered[from + 1 + i] ?? 0) + (guess ?? 0)
    }
  }
  return pixels
}

function paeth(left: number, above: number, aboveLeft: number): number {
  const [toLeft, toAbove] = [Math.abs(above - aboveLeft), Math.abs(left - aboveLeft)]
  const toAboveLeft = Math.abs(left + above - 2 * aboveLeft)
  if (toLeft <= toAbove && toLeft <= toAboveLeft) return left
  return toAbove <= toAboveLeft ? above : aboveLeft
}

/** The smallest that holds all that differs; the whole where there is nothing before; none where nothing differs. */
export function changedArea(before: Picture | undefined, after: Picture): Rectangle | undefined {
  const { width, height, bytesPerPixel, pixels } = after
  if (!before) return { x: 0, y: 0, width, height }
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let i = 0; i < pixels.length; i++) {
    if (pixels[i] === before.pixels[i]) continue
    const pixel = Math.floor(i / bytesPerPixel)
    const [x, y] = [pixel % width, Math.floor(pixel / width)]
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = y
  }
  if (bottom < 0) return undefined
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
}

/** Lines as PNG packs them, none of them filtered: of flat colours that gives the smallest files. */
export function cut({ width, bytesPerPixel, pixels }: Picture, area: Rectangle): Buffer {
  const lines = Array.from({ length: area.height }, (_, line) => {
    const from = ((area.y + line) * width + area.x) * bytesPerPixel
    return pixels.subarray(from, from + area.width * bytesPerPixel)
  })
  return Buffer.concat(lines.flatMap((line) => [Buffer.of(0), line]))
}
