import { createStore, promisifyRequest, type UseStore } from 'idb-keyval'
import type { CheckpointStore, StoredCheckpoint } from '../environment.js'

/**
 * Records in IndexedDB: one under the upload's id, each batch of its parts under a key of its own that follows it, so that a
 * batch costs the same whatever is there already; last the copy of the file, where there is one.
 */
export function createIndexedDbCheckpoints(): CheckpointStore {
  let opened: UseStore | undefined
  // Opened at first use: importing and making an uploader touch no storage.
  const store: UseStore = (mode, use) => {
    opened ??= createStore('oss-direct-upload', 'checkpoints')
    return opened(mode, use)
  }

  async function load(id: string): Promise<StoredCheckpoint | undefined> {
    const [keys, values] = await store('readonly', (items) =>
      Promise.all([
        promisifyRequest(items.getAllKeys(recordAndParts(id))),
        promisifyRequest<unknown[]>(items.getAll(recordAndParts(id))),
      ]),
    )
    // A writer that came too late may have left parts without their record.
    if (keys[0] !== id) return undefined
    const copyAt = keys.indexOf(copyKey(id))
    const batches = values.filter((_value, index) => index !== 0 && index !== copyAt)
    const found = { id, record: values[0], parts: batches.flat() }
    return copyAt < 0 ? found : { ...found, copy: values[copyAt] as Blob }
  }

  /** What throws at once rejects. */
  async function allKeys(): Promise<IDBValidKey[]> {
    return store('readonly', (items) => promisifyRequest(items.getAllKeys()))
  }

  return {
    load,
    async list() {
      const keys = await allKeys().catch(noneIfForbidden)
      const ids = keys.map(String).filter((key) => !key.includes(SEPARATOR))
      const records = await Promise.all(ids.map(load))
      return records.filter((record) => record !== undefined)
    },
    save: (id, record) =>
      store('readwrite', (items) => {
        // First, because it throws when the record cannot be cloned: what is there then stays.
        items.put(record, id)
        items.delete(besideRecord(id))
        return promisifyRequest(items.transaction)
      }),
    addParts: (id, batch, parts) =>
      store('readwrite', async (items) => {
        // The user may have cleared the site's data meanwhile.
        if (!(await hasRecord(items, id))) return false
        items.put(parts, `${id}${SEPARATOR}${String(batch).padStart(16, '0')}`)
        await promisifyRequest(items.transaction)
        return true
      }),
    async saveCopy(id, file) {
      await makeSureOfRoom(file.size)
      await store('readwrite', async (items) => {
        if (!(await hasRecord(items, id))) throw new Error(`There is no record of ${id}.`)
        items.put(file, copyKey(id))
        await promisifyRequest(items.transaction)
      })
    },
    remove: (id) =>
      store('readwrite', (items) => {
        items.delete(recordAndParts(id))
        return promisifyRequest(items.transaction)
      }),
  }
}

/**
 * A full disk would fail whatever else the page stores, and the record with it. Chromium tells every page of 10 GiB free, however
 * full the disk is: there it refuses what is over 5 GiB, and the attempt tells the rest.
 */
async function makeSureOfRoom(size: number): Promise<void> {
  // Absent on plain http, and in workers of some browsers: then the attempt tells.
  const { quota = Number.POSITIVE_INFINITY, usage = 0 } =
    (await navigator.storage?.estimate()) ?? {}
  if (quota - usage >= 2 * size) return
  throw new DOMException('Too little room is left for a copy of the file.', 'QuotaExceededError')
}

/** Whether there is one that parts or a copy could stand beside. */
async function hasRecord(items: IDBObjectStore, id: string): Promise<boolean> {
  return (await promisifyRequest(items.getKey(id))) !== undefined
}

/** Where the page may keep nothing, nothing is kept. @throws what else went wrong. */
function noneIfForbidden(error: unknown): [] {
  // Chromium's name for it is that of any fault.
  const isForbidden =
    error instanceof DOMException &&
    (error.name === 'SecurityError' || /denied permission/.test(error.message))
  if (isForbidden || !globalThis.indexedDB) return []
  throw error
}

/** Behind the batches, whose names are digits. */
function copyKey(id: string): string {
  return `${id}${SEPARATOR}copy`
}

/** No URL and no key holds it, so no other upload's record stands between an id and its batches. */
const SEPARATOR = '\u0000'

function recordAndParts(id: string): IDBKeyRange {
  return IDBKeyRange.bound(id, `${id}${SEPARATOR}\uffff`)
}

function besideRecord(id: string): IDBKeyRange {
  return IDBKeyRange.bound(id, `${id}${SEPARATOR}\uffff`, true)
}
