import { createHash } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobStore } from './blobs.js'
import { readJson, writeJson } from './json-file.js'
import type { ObjectRecord } from './records.js'

export interface ObjectStore {
  find(key: string): ObjectRecord | undefined
  all(): Iterable<ObjectRecord>
  /** Replaces an object of the same key, and frees its bytes. */
  save(object: ObjectRecord): Promise<void>
  remove(key: string): Promise<void>
}

/** One small JSON file an object, named by the hash of its key: a key may be longer than a file name, or end in `/`. */
export async function openObjects(directory: string, blobs: BlobStore): Promise<ObjectStore> {
  await mkdir(directory, { recursive: true })
  const objects = new Map<string, ObjectRecord>()
  const pathOf = (key: string): string =>
    join(directory, `${createHash('sha256').update(key).digest('hex')}.json`)

  for (const file of await readdir(directory)) {
    if (!file.endsWith('.json')) {
      await rm(join(directory, file))
      continue
    }
    const object = await readJson<ObjectRecord>(join(directory, file))
    objects.set(object.key, object)
  }

  return {
    find: (key) => objects.get(key),
    all: () => objects.values(),
    async save(object) {
      const replaced = objects.get(object.key)
      await writeJson(pathOf(object.key), object)
      objects.set(object.key, object)
      if (replaced) await blobs.remove(replaced.blobs)
    },
    async remove(key) {
      const removed = objects.get(key)
      if (!removed) return
      await rm(pathOf(key), { force: true })
      objects.delete(key)
      await blobs.remove(removed.blobs)
    },
  }
}
