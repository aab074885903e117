import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export async function writeMany(folder: string, count: number): Promise<string[]> {
  const paths = Array.from({ length: count }, (_, index) => join(folder, `${index}.txt`))
  for (const path of paths) await writeFile(path, 'x')
  return paths
}
