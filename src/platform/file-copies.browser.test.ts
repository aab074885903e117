import { createStore, keys, set } from 'idb-keyval'
import { beforeEach, expect, it } from 'vitest'
import { createIndexedDbCheckpoints } from './indexeddb-checkpoints.js'

const MIB = 1024 * 1024
const PARTS = [{ partNumber: 1, etag: '"E1"', size: 102_400 }]

let id = ''
beforeEach(() => {
  id = `https://oss.test/${crypto.randomUUID()}/a.bin`
})

async function saveRecord(): Promise<ReturnType<typeof createIndexedDbCheckpoints>> {
  const store = createIndexedDbCheckpoints()
  await store.save(id, 'record')
  await store.addParts(id, 0, PARTS)
  return store
}

/** No two MiB are the same, so a copy that mixes them up is found out. */
function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  new Uint32Array(bytes.buffer).forEach((_, index, words) => {
    words[index] = Math.imul(index, 2_654_435_761)
  })
  return bytes
}

async function sameBytes(blob: Blob | undefined, bytes: Uint8Array): Promise<boolean> {
  if (blob?.size !== bytes.length) return false
  const found = new Uint8Array(await blob.arrayBuffer())
  return found.every((byte, index) => byte === bytes[index])
}

it('a copy has the bytes, name and date of the file, and stays apart from the parts', async () => {
  const store = await saveRecord()
  const bytes = bytesOf(3 * MIB)
  await store.saveCopy(id, new File([bytes], 'ä.mp4', { type: 'video/mp4', lastModified: 5 }))
  await store.addParts(id, 1, PARTS)
  const loaded = await createIndexedDbCheckpoints().load(id)
  expect(loaded).toMatchObject({ id, record: 'record', parts: [...PARTS, ...PARTS] })
  expect(loaded?.copy).toMatchObject({ name: 'ä.mp4', type: 'video/mp4', lastModified: 5 })
  expect(await sameBytes(loaded?.copy, bytes)).toBe(true)
  const listed = (await createIndexedDbCheckpoints().list()).find((entry) => entry.id === id)
  expect(listed?.parts).toEqual([...PARTS, ...PARTS])
  expect(await sameBytes(listed?.copy, bytes)).toBe(true)
})

it('an upload without a copy says so by having none', async () => {
  const store = await saveRecord()
  expect(await store.load(id)).toEqual({ id, record: 'record', parts: PARTS })
})

it('a copy outlives the file it was made of', async () => {
  const store = await saveRecord()
  const folder = await navigator.storage.getDirectory()
  const handle = await folder.getFileHandle('gone.bin', { create: true })
  const bytes = bytesOf(2 * MIB)
  const writable = await handle.createWritable()
  await writable.write(bytes)
  await writable.close()
  const source = await handle.getFile()
  await store.saveCopy(id, source)
  await folder.removeEntry('gone.bin')
  await expect(source.arrayBuffer()).rejects.toThrow()
  const loaded = await createIndexedDbCheckpoints().load(id)
  expect(await sameBytes(loaded?.copy, bytes)).toBe(true)
})

it('a file that is gone before it is copied leaves the record and its parts as they are', async () => {
  const store = await saveRecord()
  const folder = await navigator.storage.getDirectory()
  const handle = await folder.getFileHandle('early.bin', { create: true })
  const writable = await handle.createWritable()
  await writable.write(bytesOf(MIB))
  await writable.close()
  const source = await handle.getFile()
  await folder.removeEntry('early.bin')
  await expect(store.saveCopy(id, source)).rejects.toThrow()
  expect(await store.load(id)).toEqual({ id, record: 'record', parts: PARTS })
  await store.addParts(id, 1, PARTS)
  expect((await store.load(id))?.parts).toHaveLength(2)
})

it('a copy goes with its record, when the upload ends or begins anew', async () => {
  const store = await saveRecord()
  await store.saveCopy(id, new Blob(['of the first']))
  await store.save(id, 'second')
  expect(await store.load(id)).toEqual({ id, record: 'second', parts: [] })
  await store.saveCopy(id, new Blob(['of the second']))
  await store.remove(id)
  expect(await store.load(id)).toBeUndefined()
  const left = await keys<string>(createStore('oss-direct-upload', 'checkpoints'))
  expect(left.filter((key) => key.startsWith(id))).toEqual([])
})

it('a later copy takes the place of the one before', async () => {
  const store = await saveRecord()
  await store.saveCopy(id, new Blob(['one']))
  await store.saveCopy(id, new Blob(['two']))
  expect(await (await store.load(id))?.copy?.text()).toBe('two')
})

it('no copy is made for an upload that has no record, and one left behind does not appear', async () => {
  const store = createIndexedDbCheckpoints()
  await expect(store.saveCopy(id, new Blob(['early']))).rejects.toThrow('no record')
  expect(await store.load(id)).toBeUndefined()
  await set(`${id}\u0000copy`, new Blob(['alone']), createStore('oss-direct-upload', 'checkpoints'))
  expect(await store.load(id)).toBeUndefined()
  expect((await store.list()).filter((entry) => entry.id.startsWith(id))).toEqual([])
})

it('a copy is refused while less than twice the file’s size is free, and nothing is lost', async () => {
  const store = await saveRecord()
  const { quota = 0, usage = 0 } = await navigator.storage.estimate()
  const mebibytes = Math.ceil((quota - usage) / 2 / MIB) + 1
  // The same MiB again and again: as large as it says, and nowhere in memory.
  const file = new Blob(Array(mebibytes).fill(new Blob([bytesOf(MIB)])))
  await expect(store.saveCopy(id, file)).rejects.toMatchObject({ name: 'QuotaExceededError' })
  expect(await store.load(id)).toEqual({ id, record: 'record', parts: PARTS })
})
