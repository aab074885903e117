import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** A run of bytes in a file of its own; an object is a list of them, so joining parts copies nothing. */
export interface Blob {
  id: string
  size: number
}

export interface ByteRange {
  first: number
  last: number
}

export interface BlobStore {
  /** Leaves nothing behind when the source fails. */
  write(source: AsyncIterable<Buffer>): Promise<Blob>
  /** Bytes stay readable until this stream is closed, even when they are removed meanwhile. */
  read(blobs: readonly Blob[], range?: ByteRange): Readable
  remove(blobs: readonly Blob[]): Promise<void>
  /** Removes all but these: what a crash has left. */
  sweep(kept: ReadonlySet<string>): Promise<void>
}

const BUFFER_BYTES = 1 << 20

export async function openBlobs(directory: string): Promise<BlobStore> {
  await mkdir(directory, { recursive: true })
  const readers = new Map<string, number>()
  const removed = new Set<string>()
  const pathOf = (id: string): string => join(directory, id)

  /** Never fails: a file that cannot be removed now is swept at the next start. */
  async function unlink(id: string): Promise<void> {
    removed.delete(id)
    await rm(pathOf(id), { force: true }).catch(() => {})
  }

  async function removeOne({ id }: Blob): Promise<void> {
    if (readers.has(id)) removed.add(id)
    else await unlink(id)
  }

  function release(ids: readonly string[]): void {
    for (const id of ids) {
      const others = (readers.get(id) ?? 1) - 1
      if (others > 0) readers.set(id, others)
      else readers.delete(id)
      if (others === 0 && removed.has(id)) void unlink(id)
    }
  }

  return {
    async write(source) {
      const id = randomUUID()
      const handle = await open(pathOf(id), 'wx')
      try {
        const file = handle.createWriteStream({ highWaterMark: BUFFER_BYTES })
        await pipeline(source, file)
        return { id, size: file.bytesWritten }
      } catch (error) {
        await handle.close().catch(() => {})
        await unlink(id)
        throw error
      }
    },
    read(blobs, range) {
      const slices = slicesOf(blobs, range)
      const ids = slices.map((slice) => slice.id)
      for (const id of ids) readers.set(id, (readers.get(id) ?? 0) + 1)
      const stream = Readable.from(
        (async function* () {
          for (const { id, first, last } of slices) {
            yield* createReadStream(pathOf(id), {
              start: first,
              end: last,
              highWaterMark: BUFFER_BYTES / 4,
            })
          }
        })(),
        { objectMode: false },
      )
      return stream.once('close', () => release(ids))
    },
    async remove(blobs) {
      for (const blob of blobs) await removeOne(blob)
    },
    async sweep(kept) {
      for (const id of await readdir(directory)) if (!kept.has(id)) await unlink(id)
    },
  }
}

/** The parts of the blobs that lie in the range, in order; both ends included. */
function slicesOf(
  blobs: readonly Blob[],
  range: ByteRange = { first: 0, last: Number.MAX_SAFE_INTEGER },
): (ByteRange & { id: string })[] {
  const slices: (ByteRange & { id: string })[] = []
  let start = 0
  for (const { id, size } of blobs) {
    const first = Math.max(range.first - start, 0)
    const last = Math.min(range.last - start, size - 1)
    if (first <= last) slices.push({ id, first, last })
    start += size
  }
  return slices
}
