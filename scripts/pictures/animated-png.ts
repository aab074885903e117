import { crc32, deflateSync } from 'node:zlib'
import { changedArea, cut, type Picture, type Rectangle, readPicture, SIGNATURE } from './png.js'

/** What is shown, and for how long. */
export interface Frame {
  readonly png: Buffer
  readonly showMs: number
}

/** What a frame changes of the one before. */
interface Change {
  readonly area: Rectangle
  readonly picture: Picture
  readonly showMs: number
}

/**
 * Shows the frames one after the other, for ever. They keep their pixels and lose all they say besides, such as colour profiles.
 *
 * @throws RangeError when there is none, or they are not of one size and kind.
 * @see Portable Network Graphics (PNG) Specification (Third Edition), 11.3.6 "Animation information".
 */
export function animatedPng(frames: readonly Frame[]): Buffer {
  const changes = changesOf(frames)
  const [first] = changes
  if (!first) throw new RangeError('An animation needs a frame.')

  let sequenceNumber = 0
  const next = () => uint32(sequenceNumber++)
  const { header } = first.picture
  const chunks = [chunk('IHDR', header), chunk('acTL', uint32(changes.length), uint32(0))]
  for (const [index, change] of changes.entries()) {
    const pixels = deflateSync(cut(change.picture, change.area), { level: 9 })
    chunks.push(chunk('fcTL', next(), frameControl(change)))
    // The first is the picture of those who know nothing of animations.
    chunks.push(index === 0 ? chunk('IDAT', pixels) : chunk('fdAT', next(), pixels))
  }
  return Buffer.concat([SIGNATURE, ...chunks, chunk('IEND')])
}

/** Where nothing changes, what is there is shown longer instead. */
function changesOf(frames: readonly Frame[]): Change[] {
  const changes: Change[] = []
  for (const { png, showMs } of frames) {
    const picture = readPicture(png)
    const before = changes.at(-1)
    if (before && !before.picture.header.equals(picture.header)) {
      throw new RangeError('The frames of an animation are of one size and kind.')
    }
    const area = changedArea(before?.picture, picture)
    if (area) changes.push({ area, picture, showMs })
    else if (before) changes.splice(-1, 1, { ...before, showMs: before.showMs + showMs })
  }
  return changes
}

/** It takes the place of what was there, and stays. */
function frameControl({ area: { width, height, x, y }, showMs }: Change): Buffer {
  const control = Buffer.alloc(6)
  control.writeUInt16BE(showMs)
  control.writeUInt16BE(1000, 2)
  return Buffer.concat([...[width, height, x, y].map(uint32), control])
}

function chunk(type: string, ...data: readonly Buffer[]): Buffer {
  const content = Buffer.concat(data)
  const checked = Buffer.concat([Buffer.from(type, 'latin1'), content])
  return Buffer.concat([uint32(content.length), checked, uint32(crc32(checked))])
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32BE(value)
  return buffer
}
