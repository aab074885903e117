import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobStore } from './blobs.js'
import { readJson, writeJson } from './json-file.js'
import type { PartRecord, Upload, UploadRecord } from './records.js'

export interface UploadStore {
  /** The upload only under the key it was initiated for. */
  find(key: string, uploadId: string): Upload | undefined
  all(): Iterable<Upload>
  add(upload: UploadRecord): Promise<void>
  /** Replaces a part of the same number, and frees its bytes. */
  savePart(upload: Upload, part: PartRecord): Promise<void>
  /** Frees the bytes of its parts, except those an object has taken over. */
  remove(upload: Upload, kept?: ReadonlySet<string>): Promise<void>
}

interface OpenUpload extends UploadRecord {
  parts: Map<number, PartRecord>
}

/** A folder an upload, a small file a part: what a part costs does not grow with their number. */
export async function openUploads(directory: string, blobs: BlobStore): Promise<UploadStore> {
  await mkdir(directory, { recursive: true })
  const uploads = new Map<string, OpenUpload>()
  const folderOf = (uploadId: string): string => join(directory, uploadId)

  for (const uploadId of await readdir(directory)) {
    const upload = await load(folderOf(uploadId))
    if (upload) uploads.set(uploadId, upload)
  }

  function find(key: string, uploadId: string): OpenUpload | undefined {
    const upload = uploads.get(uploadId)
    return upload?.key === key ? upload : undefined
  }

  return {
    find,
    all: () => uploads.values(),
    async add(upload) {
      await mkdir(folderOf(upload.uploadId))
      await writeJson(join(folderOf(upload.uploadId), 'upload.json'), upload)
      uploads.set(upload.uploadId, { ...upload, parts: new Map() })
    },
    async savePart({ key, uploadId }, part) {
      const parts = find(key, uploadId)?.parts
      if (!parts) throw new Error(`no upload ${uploadId}`)
      const replaced = parts.get(part.partNumber)
      await writeJson(join(folderOf(uploadId), `${part.partNumber}.json`), part)
      parts.set(part.partNumber, part)
      if (replaced) await blobs.remove([replaced.blob])
    },
    async remove({ uploadId, parts }, kept = new Set()) {
      uploads.delete(uploadId)
      await rm(folderOf(uploadId), { recursive: true, force: true })
      const orphans = [...parts.values()].map((part) => part.blob)
      await blobs.remove(orphans.filter((blob) => !kept.has(blob.id)))
    },
  }
}

/** `undefined`, and the folder gone, when the crash came before the upload was written. */
async function load(folder: string): Promise<OpenUpload | undefined> {
  const files = await readdir(folder)
  if (!files.includes('upload.json')) {
    await rm(folder, { recursive: true })
    return undefined
  }
  const upload = await readJson<UploadRecord>(join(folder, 'upload.json'))
  const parts = new Map<number, PartRecord>()
  for (const file of files) {
    if (file.endsWith('.tmp')) await rm(join(folder, file))
    if (!/^\d+\.json$/.test(file)) continue
    const part = await readJson<PartRecord>(join(folder, file))
    parts.set(part.partNumber, part)
  }
  return { ...upload, parts }
}
