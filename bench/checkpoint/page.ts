import type { CheckpointStore } from '../../src/environment.js'
import { createIndexedDbCheckpoints } from '../../src/platform/indexeddb-checkpoints.js'
import { systemClock } from '../../src/platform/system-clock.js'
import { createJournal } from '../../src/task/journal.js'

/** How parts come in: as fast as batches fill, so slowly that each is written alone, or with nothing written at all. */
export type Pace = 'batches' | 'one by one' | 'no journal'

declare global {
  interface Window {
    readonly upload: ReturnType<typeof createUpload>
  }
}

const PART_SIZE = 102_400

function createUpload() {
  const saved = countWrites(createIndexedDbCheckpoints())
  let journal: ReturnType<typeof createJournal> | undefined

  return {
    async begin(id: string, count: number): Promise<void> {
      const environment = { checkpoints: saved.store, clock: systemClock }
      journal = createJournal(environment, id, () => {})
      await journal.begin(async () => ({
        id,
        key: 'film.mp4',
        uploadId: '0004B9894A22E5B1888A1E29F8236E2D',
        partSize: PART_SIZE,
        fingerprint: { size: count * PART_SIZE, samples: Array(5).fill(crc64Of(1)) },
        name: 'film.mp4',
        startedAt: Date.now(),
        options: { contentType: 'video/mp4' },
      }))
      if (!journal.isKept()) throw new Error('There is no record to measure.')
    },
    /** Acknowledges parts, each in a task of its own, as answers come in. Ends when all are written. */
    async acknowledge(from: number, to: number, pace: Pace): Promise<void> {
      for (let partNumber = from; partNumber <= to; partNumber++) {
        await nextTask()
        const etag = `"${partNumber.toString(16).padStart(32, '0').toUpperCase()}"`
        const part = { partNumber, etag, size: PART_SIZE, crc64: crc64Of(partNumber) }
        if (pace === 'no journal') continue
        journal?.add(part)
        if (pace === 'batches') continue
        journal?.flush()
        await saved.written(partNumber)
      }
      journal?.flush()
      if (pace !== 'no journal') await saved.written(to)
    },
    /** How many parts and how many writes of parts the store has by now. */
    async check(id: string): Promise<{ readonly parts: number; readonly writes: number }> {
      const stored = await saved.store.load(id)
      return { parts: stored?.parts.length ?? 0, writes: saved.writes() }
    },
    async end(): Promise<void> {
      await journal?.remove()
      await journal?.settled()
    },
  }
}

/** The store, and word of how many parts it has acknowledged. */
function countWrites(store: CheckpointStore) {
  let parts = 0
  let writes = 0
  let awaited = 0
  let tell = () => {}
  return {
    store: {
      ...store,
      async addParts(id: string, batch: number, added: readonly unknown[]) {
        const isThere = await store.addParts(id, batch, added)
        writes++
        parts += added.length
        if (parts >= awaited) tell()
        return isThere
      },
    },
    writes: () => writes,
    written(count: number): Promise<void> {
      awaited = count
      return new Promise((resolve) => {
        tell = resolve
        if (parts >= count) resolve()
      })
    },
  }
}

/** A decimal number of 20 digits, as CRC-64 mostly is. */
function crc64Of(partNumber: number): string {
  return String(10n ** 19n + BigInt(partNumber) * 123_456_789n)
}

/** Not a timer: those wait at least 4 ms once nested. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}

Object.assign(window, { upload: createUpload() })
