import type { EngineOptions } from '../uploader.js'
import type { Chance } from './chance.js'
import { GRAIN, MAX_PARTS, PART } from './content.js'
import { SimulatedFile } from './simulated-file.js'
import type { Trouble } from './trouble.js'

/** A file that the user wants to have on OSS, and how. */
export interface Wish {
  readonly key: string
  readonly file: SimulatedFile
  readonly who: string | undefined
  readonly contentType: string | undefined
}

export interface Scenario {
  readonly options: Partial<EngineOptions> & { readonly parallel: number }
  readonly wishes: readonly Wish[]
  readonly hasBackground: boolean
  /** How often the user does something besides waiting. */
  readonly actions: number
}

const DATE = 1_700_000_000_000

export function drawScenario(chance: Chance, trouble: Trouble): Scenario {
  const partSize = chance.pick([PART, PART + GRAIN])
  const wishes = ['a.bin', 'b.bin', 'c.bin']
    .slice(0, chance.pick([1, 1, 2, 3]))
    .map((key) => drawWish(chance, key, partSize))
  return {
    options: {
      partSize,
      multipartThreshold: partSize,
      parallel: chance.between(1, 6),
      verify: chance.pick(['crc64', 'crc64', 'crc64+md5', 'none']),
      persist: chance.happens(0.85),
      keepCopyUpTo: chance.happens(0.2) ? Number.MAX_SAFE_INTEGER : 0,
      discover: chance.happens(0.15),
    },
    wishes,
    hasBackground: trouble.hasLocks && chance.happens(0.2),
    actions: chance.pick([0, 1, 2, 4, 8]),
  }
}

function drawWish(chance: Chance, key: string, partSize: number): Wish {
  const parts = chance.between(1, Math.floor((MAX_PARTS * PART) / partSize))
  const sizes = [
    0,
    17,
    partSize,
    parts * partSize,
    parts * partSize - chance.between(1, 4) * 23_456,
  ]
  const size = chance.happens(0.15)
    ? (sizes[chance.below(3)] ?? 0)
    : (sizes[chance.pick([3, 4])] ?? 0)
  return {
    key,
    file: fileOf('1', size, key, DATE),
    who: chance.happens(0.5) ? 'me' : undefined,
    contentType: chance.happens(0.5) ? 'image/png' : undefined,
  }
}

export type Variant = 'same' | 'touched' | 'edited' | 'other'

/** What the user chooses another time: the same file, or what has become of it. */
export function variantOf(chance: Chance, { file, key }: Wish, variant: Variant): SimulatedFile {
  const { start, end, content } = file.piece
  const size = end - start
  const later = file.lastModified + chance.between(1, 1_000_000)
  if (variant === 'touched') return fileOf(content, size, key, later)
  if (variant === 'edited' && size > GRAIN) {
    return fileOf(`1+${chance.below(Math.floor(size / GRAIN))}`, size, key, later)
  }
  if (variant === 'other') return fileOf('2', chance.happens(0.5) ? size : size + 1, key, later)
  return fileOf(content, size, key, file.lastModified)
}

/** Each time a file is chosen, the page gets a File of its own. */
function fileOf(content: string, size: number, name: string, lastModified: number): SimulatedFile {
  return new SimulatedFile({ content, start: 0, end: size }, name, lastModified)
}
