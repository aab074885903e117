import { open, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const BLOCK = new Uint8Array(4 * 1024 * 1024)

/** Writes so many files of so many zero bytes, whose CRC-64 the draining server knows without reading them. */
export async function writeFiles(folder: string, count: number, size: number): Promise<string[]> {
  const paths = Array.from({ length: count }, (_, index) => join(folder, `${size}-${index}.bin`))
  for (const path of paths) await writeZeros(path, size)
  return paths
}

/** A file that takes no room on the disk, however large it is. */
export async function writeSparseFile(folder: string, size: number): Promise<string> {
  const path = join(folder, `sparse-${size}.bin`)
  await writeFile(path, '')
  await truncate(path, size)
  return path
}

async function writeZeros(path: string, size: number): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (let rest = size; rest > 0; rest -= BLOCK.length) {
      await file.write(BLOCK, 0, Math.min(rest, BLOCK.length))
    }
    await file.sync()
  } finally {
    await file.close()
  }
}
