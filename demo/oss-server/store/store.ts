import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type BlobStore, openBlobs } from './blobs.js'
import { createKeyedLock } from './keyed-lock.js'
import { type ObjectStore, openObjects } from './object-store.js'
import type { ObjectRecord, Upload } from './records.js'
import { openUploads, type UploadStore } from './upload-store.js'

/** Keeps what it is given; the rules of OSS are the operations' business. Nothing here waits for the disk to sync:
 * it survives the end of the process, not of the machine. */
export interface Store {
  blobs: BlobStore
  objects: ObjectStore
  uploads: UploadStore
  /** One writer at a time for a key, so that a check and the write after it are one step. */
  exclusive<T>(key: string, work: () => Promise<T>): Promise<T>
  /** The object appears and the upload ends; a crash in between is settled at the next start. */
  completeUpload(upload: Upload, object: ObjectRecord): Promise<void>
}

export async function openStore(directory: string): Promise<Store> {
  await mkdir(directory, { recursive: true })
  const blobs = await openBlobs(join(directory, 'blobs'))
  const objects = await openObjects(join(directory, 'objects'), blobs)
  const uploads = await openUploads(join(directory, 'uploads'), blobs)
  const lock = createKeyedLock()

  function endUpload(upload: Upload, object: ObjectRecord): Promise<void> {
    return uploads.remove(upload, new Set(object.blobs.map((blob) => blob.id)))
  }

  for (const upload of [...uploads.all()]) {
    const object = objects.find(upload.key)
    if (object?.uploadId === upload.uploadId) await endUpload(upload, object)
  }
  const inObjects = [...objects.all()].flatMap((object) => object.blobs)
  const inUploads = [...uploads.all()].flatMap(({ parts }) =>
    [...parts.values()].map((p) => p.blob),
  )
  await blobs.sweep(new Set([...inObjects, ...inUploads].map((blob) => blob.id)))

  return {
    blobs,
    objects,
    uploads,
    exclusive: (key, work) => lock.run(key, work),
    async completeUpload(upload, object) {
      await objects.save(object)
      await endUpload(upload, object)
    },
  }
}
