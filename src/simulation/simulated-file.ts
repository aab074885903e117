import type { Hasher } from '../environment.js'
import { unreadableFile } from '../errors.js'
import { bytesOf, crc64Of, md5Of, type Piece } from './content.js'

/** What became of a file on disk after it was chosen: `edited` is seen by the browser, `rewritten` is read as it is now. */
export type DiskState = 'as chosen' | 'edited' | 'deleted' | 'rewritten'

interface Disk {
  state: DiskState
  /** What it has held. */
  readonly contents: string[]
}

/**
 * A File as the engine sees it: `slice`, `size`, a date and bytes that can be read. Node's own Blobs read over a thread, whose
 * answers come in no order that a seed could repeat.
 */
export class SimulatedFile {
  readonly type = ''
  readonly name: string
  readonly lastModified: number
  readonly #range: Piece
  readonly #disk: Disk

  constructor(
    range: Piece,
    name: string,
    lastModified: number,
    disk: Disk = { state: 'as chosen', contents: [range.content] },
  ) {
    this.#range = range
    this.name = name
    this.lastModified = lastModified
    this.#disk = disk
  }

  get [Symbol.toStringTag](): string {
    return 'File'
  }

  /** As it is read now. */
  get piece(): Piece {
    return this.#pieceOf(this.#disk.contents.at(-1))
  }

  /** As it was at one time or another. */
  get pieces(): readonly Piece[] {
    return this.#disk.contents.map((content) => this.#pieceOf(content))
  }

  /** In Chromium, 0 when the file was deleted. */
  get size(): number {
    return this.#disk.state === 'deleted' ? 0 : this.#range.end - this.#range.start
  }

  get isReadable(): boolean {
    return this.#disk.state !== 'edited' && this.#disk.state !== 'deleted'
  }

  change(state: DiskState): void {
    this.#disk.state = state
    const [chosen = ''] = this.#disk.contents
    if (state === 'rewritten') this.#disk.contents.push(`${chosen}~`)
  }

  #pieceOf(content = this.#range.content): Piece {
    return { ...this.#range, content }
  }

  slice(start = 0, end = this.size): SimulatedFile {
    const { content, start: from } = this.#range
    const [first, last] = [Math.min(start, this.size), Math.min(end, this.size)]
    const range = { content, start: from + first, end: from + Math.max(first, last) }
    return new SimulatedFile(range, this.name, this.lastModified, this.#disk)
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    if (this.#disk.state === 'edited') throw new DOMException('changed', 'NotReadableError')
    return new Uint8Array(this.size === 0 ? [] : bytesOf(this.piece)).buffer
  }

  /** The engine takes a File; these are all it uses of one. */
  asFile(): File {
    return this as unknown as File
  }
}

/** The simulated file behind what the engine passes on. */
export function simulated(blob: Blob): SimulatedFile {
  if ((blob as unknown) instanceof SimulatedFile) return blob as unknown as SimulatedFile
  throw new TypeError('Not a file of the simulation.')
}

/** @param wait - How long hashing takes. */
export function simulatedHasher(wait: () => Promise<void> | undefined): Hasher {
  async function read(slice: Blob): Promise<Piece> {
    await wait()
    const file = simulated(slice)
    if (!file.isReadable) throw unreadableFile(new DOMException('changed', 'NotReadableError'))
    return file.piece
  }
  return {
    crc64: async (slice) => crc64Of(await read(slice)),
    md5: async (slice) => md5Of(await read(slice)).toString('base64'),
  }
}
