import { createStore, keys, set } from 'idb-keyval'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { readCheckpoint, sealCheckpoint } from '../checkpoint/checkpoint.js'
import { createJournal } from '../task/journal.js'
import { createIndexedDbCheckpoints } from './indexeddb-checkpoints.js'
import { systemClock } from './system-clock.js'

/** All files of browser tests share one database, so each test has a place of its own in it. */
let place = ''
beforeEach(() => {
  place = `https://oss.test/${crypto.randomUUID()}/`
})

const parts = (...partNumbers: number[]) =>
  partNumbers.map((partNumber) => ({ partNumber, etag: `"E${partNumber}"`, size: 102_400 }))

async function listOurs(store = createIndexedDbCheckpoints()) {
  const stored = await store.list()
  return stored.filter(({ id }) => id.startsWith(place))
}

async function loadRecord<T>(id: string): Promise<T> {
  const stored = await createIndexedDbCheckpoints().load(id)
  if (!stored) throw new Error(`There is no record of ${id}.`)
  return stored.record as T
}

/** Everything the database holds for an upload. */
async function keysOf(id: string): Promise<string[]> {
  const all = await keys<string>(createStore('oss-direct-upload', 'checkpoints'))
  return all.filter((key) => key.startsWith(id))
}

/** Writes what another version of the library may have left. */
function putRaw(key: string, value: unknown): Promise<void> {
  return set(key, value, createStore('oss-direct-upload', 'checkpoints'))
}

/** As Chromium answers: by an event. */
function failing(message: string): IDBOpenDBRequest {
  const error = new DOMException(message, 'UnknownError')
  const request = { error, onerror: () => {} }
  setTimeout(() => request.onerror())
  return request as unknown as IDBOpenDBRequest
}

describe('a browser that gives no database', () => {
  it('has nothing on record where the page may keep nothing, and says so where it fails', async () => {
    const open = vi.spyOn(indexedDB, 'open')
    open.mockImplementation(() => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    })
    expect(await createIndexedDbCheckpoints().list()).toEqual([])
    open.mockImplementation(() => failing('The user denied permission to access the database.'))
    expect(await createIndexedDbCheckpoints().list()).toEqual([])
    open.mockImplementation(() => failing('Internal error.'))
    await expect(createIndexedDbCheckpoints().list()).rejects.toThrow('Internal error.')
    open.mockRestore()
  })
})

describe('a record of an upload in IndexedDB', () => {
  it('comes back with its parts in the order of their batches', async () => {
    const store = createIndexedDbCheckpoints()
    const id = `${place}a.bin`
    await store.save(id, { uploadId: 'U1' })
    await store.addParts(id, 2, parts(5, 4))
    await store.addParts(id, 10, parts(6))
    await store.addParts(id, 0, parts(1, 2, 3))
    const expected = { id, record: { uploadId: 'U1' }, parts: parts(1, 2, 3, 5, 4, 6) }
    expect(await store.load(id)).toEqual(expected)
    expect(await listOurs()).toEqual([expected])
  })

  it('is not there before it is saved, nor after it was removed with its parts', async () => {
    const store = createIndexedDbCheckpoints()
    const id = `${place}a.bin`
    expect(await store.load(id)).toBeUndefined()
    await store.save(id, 'record')
    await store.addParts(id, 0, parts(1))
    await store.remove(id)
    expect(await store.load(id)).toBeUndefined()
    expect(await listOurs()).toEqual([])
    expect(await keysOf(id)).toEqual([])
    await store.save(id, 'another')
    expect(await store.load(id)).toEqual({ id, record: 'another', parts: [] })
  })

  it('loses its parts when it is saved anew: they were of another upload', async () => {
    const store = createIndexedDbCheckpoints()
    const id = `${place}a.bin`
    await store.save(id, 'first')
    await store.addParts(id, 0, parts(1, 2))
    await store.save(id, 'second')
    expect(await store.load(id)).toEqual({ id, record: 'second', parts: [] })
  })

  it('stays as it was when what shall replace it cannot be stored', async () => {
    const store = createIndexedDbCheckpoints()
    const id = `${place}a.bin`
    await store.save(id, 'first')
    await store.addParts(id, 0, parts(1))
    await expect(store.save(id, { notData: () => {} })).rejects.toThrow('could not be cloned')
    expect(await store.load(id)).toEqual({ id, record: 'first', parts: parts(1) })
  })

  it('has no parts without its record, which a late writer would leave behind', async () => {
    const store = createIndexedDbCheckpoints()
    const id = `${place}a.bin`
    expect(await store.addParts(id, 0, parts(1))).toBe(false)
    expect(await store.load(id)).toBeUndefined()
    expect(await listOurs()).toEqual([])
  })

  it('keeps to itself where its id is the beginning of another', async () => {
    const store = createIndexedDbCheckpoints()
    const ids = ['a', 'a ', 'a/', 'a/b', 'ab', 'a\u0001', 'a\uffff', 'aé文😀'].map(
      (key) => place + key,
    )
    for (const id of ids) {
      await store.save(id, { of: id })
      await store.addParts(id, 0, [id])
    }
    for (const id of ids) {
      expect(await store.load(id)).toEqual({ id, record: { of: id }, parts: [id] })
    }
    await store.remove(`${place}a`)
    await store.save(`${place}ab`, 'anew')
    const left = await listOurs()
    expect(left.map(({ id }) => id).sort()).toEqual(ids.slice(1).sort())
    for (const { id, parts } of left) expect(parts).toEqual(id === `${place}ab` ? [] : [id])
  })

  it('is one of as many as there are', async () => {
    const store = createIndexedDbCheckpoints()
    const ids = Array.from({ length: 300 }, (_, index) => `${place}${index}.bin`)
    await Promise.all(ids.map((id) => store.save(id, id)))
    await Promise.all(ids.map((id) => store.addParts(id, 0, parts(1))))
    const found = await listOurs()
    expect(found).toHaveLength(300)
    for (const { id, ...rest } of found) expect(rest).toEqual({ record: id, parts: parts(1) })
  })

  it('is another tab’s too: what one wrote the other reads, adds to and removes', async () => {
    const [one, other] = [createIndexedDbCheckpoints(), createIndexedDbCheckpoints()]
    const id = `${place}a.bin`
    await one.save(id, 'record')
    await Promise.all([one.addParts(id, 0, parts(1)), other.addParts(id, 1, parts(2))])
    expect(await one.load(id)).toEqual({ id, record: 'record', parts: parts(1, 2) })
    expect(await other.load(id)).toEqual(await one.load(id))
    await other.remove(id)
    expect(await one.load(id)).toBeUndefined()
  })

  it('of another version comes out as it is, and is not believed', async () => {
    const id = `${place}a.bin`
    await putRaw(id, { version: 2, id, layout: new Map([['new', 1]]) })
    const stored = await createIndexedDbCheckpoints().load(id)
    expect(stored?.record).toEqual({ version: 2, id, layout: new Map([['new', 1]]) })
    expect(readCheckpoint(stored?.record)).toBeUndefined()
  })

  it('that is sealed is believed when it comes out, whatever the store did to it', async () => {
    const id = `${place}a.bin`
    const sealed = sealCheckpoint({
      ...{
        id,
        key: 'a.bin',
        uploadId: 'U1',
        partSize: 102_400,
        name: 'ä.bin',
        startedAt: 1,
      },
      fingerprint: { size: 1, samples: ['0'] },
      options: { metadata: { who: 'me' }, contentType: 'text/plain' },
    })
    await createIndexedDbCheckpoints().save(id, sealed)
    const stored = await createIndexedDbCheckpoints().load(id)
    expect(readCheckpoint(stored?.record)).toEqual(sealed)
    expect(readCheckpoint({ ...sealed, uploadId: 'U2' })).toBeUndefined()
  })
})

describe('what an upload writes as it goes', () => {
  it('grows by one small key for every 20 parts, the last thousand like the first', async () => {
    const checkpoints = createIndexedDbCheckpoints()
    const id = `${place}a.bin`
    const environment = { checkpoints, clock: systemClock }
    const journal = createJournal(environment, id, () => {})
    await journal.begin(async () => ({
      ...{
        id,
        key: 'a.bin',
        uploadId: 'U1',
        partSize: 102_400,
        name: 'a.bin',
        startedAt: 1,
      },
      fingerprint: { size: 3000 * 102_400, samples: ['0'] },
      options: {},
    }))
    for (const known of [1000, 2000, 3000]) {
      for (const index of Array(1000).keys()) {
        const [part] = parts(known - 999 + index)
        if (part) journal.add({ ...part, crc64: '1' })
      }
      journal.flush()
      await expect.poll(async () => (await checkpoints.load(id))?.parts.length).toBe(known)
      expect(await keysOf(id)).toHaveLength(1 + known / 20)
    }
    await journal.remove()
    expect(await keysOf(id)).toEqual([])
    await journal.settled()
  })
})

describe('what is not plain data in a record', () => {
  it('a File keeps its bytes, name, type and date', async () => {
    const id = `${place}a.bin`
    const file = new File(['some ', 'bytes'], 'ä.txt', { type: 'text/plain', lastModified: 5 })
    await createIndexedDbCheckpoints().save(id, { file })
    const { file: kept } = await loadRecord<{ file: File }>(id)
    expect(await kept.text()).toBe('some bytes')
    const { name, type, lastModified } = kept
    expect({ name, type, lastModified }).toEqual({
      name: 'ä.txt',
      type: 'text/plain',
      lastModified: 5,
    })
  })

  it('a file handle still reads its file, as it is by then', async () => {
    const folder = await navigator.storage.getDirectory()
    const name = crypto.randomUUID()
    const handle = await folder.getFileHandle(name, { create: true })
    const id = `${place}a.bin`
    await createIndexedDbCheckpoints().save(id, { handle })
    const writable = await handle.createWritable()
    await writable.write('written later')
    await writable.close()
    const { handle: kept } = await loadRecord<{ handle: FileSystemFileHandle }>(id)
    expect(await kept.isSameEntry(handle)).toBe(true)
    expect(await (await kept.getFile()).text()).toBe('written later')
    await folder.removeEntry(name)
  })
})
