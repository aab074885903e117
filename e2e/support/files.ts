import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

const BLOCK = 1024 * 1024

const KIB = 1024
export const MIB = 1024 * KIB
export const GIB = 1024 * MIB

/** Writes a file of that size whose every MiB differs, the same in every run. */
export async function writeFileOf(folder: string, name: string, size: number): Promise<string> {
  const path = join(folder, name)
  const file = await open(path, 'w')
  const block = Buffer.alloc(BLOCK)
  let state = size % 4_294_967_296
  for (let i = 0; i < BLOCK; i += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    block.writeUInt32LE(state, i)
  }
  for (let written = 0, index = 0; written < size; index++) {
    block.writeUInt32LE(index, 0)
    const length = Math.min(BLOCK, size - written)
    await file.write(block, 0, length)
    written += length
  }
  await file.close()
  return path
}

/** A file of that size that takes no room on disk but for a few marks. */
export async function writeSparseFile(folder: string, name: string, size: number): Promise<string> {
  const path = join(folder, name)
  const file = await open(path, 'w')
  await file.truncate(size)
  for (const at of [0, Math.floor(size / 2), size - 8]) await file.write('somewhere', at)
  await file.truncate(size)
  await file.close()
  return path
}

export function sha256OfFile(path: string): Promise<string> {
  return sha256Of(createReadStream(path))
}

export async function sha256Of(stream: Readable): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream) hash.update(chunk)
  return hash.digest('hex')
}
