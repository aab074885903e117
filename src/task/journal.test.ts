import { describe, expect, it } from 'vitest'
import { readParts } from '../checkpoint/reconcile.js'
import type { CheckpointStore } from '../environment.js'
import { createManualClock } from '../testing/manual-clock.js'
import { createMemoryCheckpoints } from '../testing/memory-checkpoints.js'
import { createMemoryEnvironment } from '../testing/memory-environment.js'
import { reply } from '../testing/memory-oss.js'
import { fileOf, PART } from '../testing/small-uploader.js'
import { createUploaderIn } from '../whole-uploader.js'
import { boundedCheckpoints } from './bounded-checkpoints.js'
import { createJournal } from './journal.js'

const ID = 'https://oss.test/bucket/a.bin'

const part = (partNumber: number) => ({ partNumber, etag: `"E${partNumber}"`, size: 1, crc64: '1' })

const record = async () => ({
  ...{ id: ID, key: 'a.bin', uploadId: 'U1', partSize: 1, name: 'a.bin', startedAt: 1 },
  fingerprint: { size: 9, samples: ['0'] },
  options: {},
})

type AddParts = CheckpointStore['addParts']

/** @param interfere - Stands before the store when parts are added. */
async function setUp(interfere: (add: () => ReturnType<AddParts>) => ReturnType<AddParts>) {
  const clock = createManualClock()
  const { store, saved } = createMemoryCheckpoints()
  const addParts: AddParts = (...given) => interfere(() => store.addParts(...given))
  const checkpoints = boundedCheckpoints({ ...store, addParts }, clock)
  const kept: boolean[] = []
  const journal = createJournal({ checkpoints, clock }, ID, (isKept) => kept.push(isKept))
  await journal.begin(record)
  return {
    journal,
    clock,
    saved,
    kept,
    async add(...partNumbers: readonly number[]) {
      for (const partNumber of partNumbers) journal.add(part(partNumber))
      journal.flush()
      await clock.settle()
    },
    /** The parts a later visit finds. */
    async found() {
      const parts = readParts((await store.load(ID))?.parts ?? [])
      return parts.map(({ partNumber }) => partNumber)
    },
  }
}

describe('parts that a store did not take', () => {
  it('go with those that come next', async () => {
    let failures = 2
    const { add, found, kept } = await setUp(async (addNow) => {
      if (failures-- > 0) throw new DOMException('Internal error.', 'UnknownError')
      return addNow()
    })
    await add(1, 2)
    await add(3)
    expect(await found()).toEqual([])
    await add(4)
    expect(await found()).toEqual([1, 2, 3, 4])
    await add(5)
    expect(await found()).toEqual([1, 2, 3, 4, 5])
    expect(kept).toEqual([true])
  })

  it('go once more when the upload ends, and when it is paused', async () => {
    for (const end of ['settled', 'flush'] as const) {
      let failures = 1
      const { journal, add, found, clock } = await setUp(async (addNow) => {
        if (failures-- > 0) throw new DOMException('Internal error.', 'UnknownError')
        return addNow()
      })
      await add(1)
      void journal[end]()
      await clock.settle()
      expect(await found()).toEqual([1])
    }
  })

  it('are there though it took them after all, later than what came next', async () => {
    const late: (() => ReturnType<AddParts>)[] = []
    const { add, found, clock, kept } = await setUp((addNow) => {
      if (late.length > 0) return addNow()
      late.push(addNow)
      return new Promise(() => {})
    })
    await add(1)
    await clock.advance(6000)
    await add(2)
    for (const addNow of late) await addNow()
    expect((await found()).sort()).toEqual([1, 2])
    expect(kept).toEqual([true])
  })

  it('are not those of the upload that takes its place', async () => {
    let fail = () => {}
    let isSlow = true
    const { journal, add, found } = await setUp((addNow) => {
      if (!isSlow) return addNow()
      isSlow = false
      return new Promise((_resolve, reject) => {
        fail = () => reject(new Error('late'))
      })
    })
    await add(1)
    await add(2)
    const removed = journal.remove()
    fail()
    await removed
    await journal.begin(record)
    await add(3)
    expect(await found()).toEqual([3])
  })
})

describe('a store that hangs', () => {
  it('is asked once for all that has come meanwhile, and holds up no end', async () => {
    let asked = 0
    const { journal, add, clock } = await setUp(() => {
      asked++
      return new Promise(() => {})
    })
    for (let number = 1; number <= 100; number++) await add(number)
    let isSettled = false
    void journal.settled().then(() => {
      isSettled = true
    })
    await clock.advance(10_000)
    expect(isSettled).toBe(true)
    expect(asked).toBe(2)
  })

  it('is asked for nothing more of an upload that is removed', async () => {
    let asked = 0
    const { journal, add, clock, saved } = await setUp(() => {
      asked++
      return new Promise(() => {})
    })
    for (let number = 1; number <= 100; number++) await add(number)
    void journal.remove()
    await clock.advance(5000)
    expect(saved.size).toBe(0)
    expect(asked).toBe(1)
  })
})

describe('a record that is gone', () => {
  it('is told by the first parts there is none for, and no others are kept', async () => {
    let asked = 0
    const { add, kept, saved } = await setUp((addNow) => {
      asked++
      return addNow()
    })
    await add(1)
    saved.clear()
    await add(2)
    await add(3)
    expect(kept).toEqual([true, false])
    expect(asked).toBe(2)
    expect(saved.size).toBe(0)
  })

  it('is told too where the store failed before', async () => {
    let failures = 1
    const { add, kept, saved } = await setUp(async (addNow) => {
      if (failures-- > 0) throw new DOMException('Internal error.', 'UnknownError')
      return addNow()
    })
    saved.clear()
    await add(1)
    await add(2)
    expect(kept).toEqual([true, false])
  })
})

describe('an upload that fails after its store was slow once', () => {
  it('leaves its parts on OSS, and all of them on record', async () => {
    const world = createMemoryEnvironment(async ({ name }) => {
      await new Promise<void>((resolve) => void world.clock.after(1000, resolve))
      return name === 'PUT ?partNumber=9'
        ? reply(403, '<Error><Code>AccessDenied</Code></Error>')
        : undefined
    })
    const { store, saved } = world.checkpoints
    let isSlow = true
    const addParts: AddParts = async (...given) => {
      if (isSlow) {
        isSlow = false
        await new Promise<void>((resolve) => void world.clock.after(5500, resolve))
      }
      return store.addParts(...given)
    }
    const environment = { ...world.environment, checkpoints: { ...store, addParts } }
    const bucket = { region: 'cn-hangzhou', bucket: 'bucket' }
    const sizes = { partSize: PART, multipartThreshold: PART, parallel: 1 }
    const task = createUploaderIn(environment, { ...bucket, ...sizes }).upload(fileOf(12 * PART), {
      key: 'a.bin',
    })
    task.done.catch(() => {})
    await world.clock.advance(60_000)
    expect(task.state).toMatchObject({ status: 'failed', canResumeAfterReload: true })
    expect(world.oss.uploads.size).toBe(1)
    const [id = ''] = saved.keys()
    const parts = readParts((await store.load(id))?.parts ?? [])
    expect(parts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })
})
