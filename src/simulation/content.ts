import { createHash } from 'node:crypto'
import { updateCrc64 } from '../protocol/crc64.js'

/** A run of one content's bytes. Contents are few and known by name, so that each run of them is hashed once in a process. */
export interface Piece {
  /** `1`: a file; `1+3`: edited in its third half part; with `~`: rewritten; with `!`: damaged on its way. */
  readonly content: string
  readonly start: number
  readonly end: number
}

/** The smallest part OSS takes. */
export const PART = 102_400
/** Edits and damages stand so far apart that every part of at least this size has one of its own. */
export const GRAIN = PART / 2
export const MAX_PARTS = 7
/** A file may be a little larger than its parts. */
const MAX_BYTES = (MAX_PARTS + 1) * PART

const contents = new Map<string, Uint8Array>()
const crc64s = new Map<string, bigint>()
const md5s = new Map<string, Buffer>()

export function bytesOf({ content, start, end }: Piece): Uint8Array {
  return contentOf(content).subarray(start, end)
}

export function crc64Of(piece: Piece): bigint {
  return cached(crc64s, piece, (bytes) => updateCrc64(0n, bytes))
}

export function md5Of(piece: Piece): Buffer {
  return cached(md5s, piece, (bytes) => createHash('md5').update(bytes).digest())
}

function cached<T>(known: Map<string, T>, piece: Piece, compute: (bytes: Uint8Array) => T): T {
  const name = `${piece.content}:${piece.start}-${piece.end}`
  const digest = known.get(name)
  if (digest !== undefined) return digest
  const computed = compute(bytesOf(piece))
  known.set(name, computed)
  return computed
}

/** The same bytes, of which one was changed on the way. */
export function damaged({ content, start, end }: Piece): Piece {
  return { content: content.endsWith('!') ? content : `${content}!`, start, end }
}

/** A whole file's bytes out of pieces, as one piece where they follow one another. */
function joined(pieces: readonly Piece[]): Piece | undefined {
  let whole: Piece | undefined
  for (const piece of pieces) {
    if (!whole) whole = piece
    else if (whole.content !== piece.content || whole.end !== piece.start) return undefined
    else whole = { ...whole, end: piece.end }
  }
  return whole ?? { content: '0', start: 0, end: 0 }
}

export function crc64OfAll(pieces: readonly Piece[]): bigint {
  const whole = joined(pieces)
  if (whole) return crc64Of(whole)
  return pieces.reduce((crc64, piece) => updateCrc64(crc64, bytesOf(piece)), 0n)
}

export function areEqual(pieces: readonly Piece[], whole: Piece): boolean {
  const one = joined(pieces)
  if (one && isSamePiece(one, whole)) return true
  const stored = Buffer.concat(pieces.map(bytesOf))
  return stored.equals(bytesOf(whole))
}

function isSamePiece(a: Piece, b: Piece): boolean {
  return a.content === b.content && a.start === b.start && a.end === b.end
}

function contentOf(name: string): Uint8Array {
  const known = contents.get(name)
  if (known) return known
  const made = makeContent(name)
  contents.set(name, made)
  return made
}

/** Of one bit in each half part. */
const CHANGES: Readonly<Record<string, number>> = { '!': 1, '~': 2 }

function makeContent(name: string): Uint8Array {
  const change = CHANGES[name.at(-1) ?? '']
  if (change) {
    const bytes = contentOf(name.slice(0, -1)).slice()
    for (let at = 0; at < MAX_BYTES; at += GRAIN) bytes[at] = (bytes[at] ?? 0) ^ change
    return bytes
  }
  const [base = '0', edit] = name.split('+')
  if (edit !== undefined) {
    const bytes = contentOf(base).slice()
    const at = Number(edit) * GRAIN + 40_000
    bytes[at] = (bytes[at] ?? 0) ^ 255
    return bytes
  }
  let state = Number(base) + 1
  return Uint8Array.from({ length: MAX_BYTES }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return state >>> 24
  })
}
