import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { sealCheckpoint } from './checkpoint/checkpoint.js'
import { isOssUploadError } from './errors.js'
import { FUZZ_LIMIT_MS, fuzzing } from './testing/fuzzing.js'
import { createMemoryTabs } from './testing/memory-tabs.js'
import { fileOf, PART, setUp } from './testing/small-uploader.js'
import { createUploaderIn } from './whole-uploader.js'

vi.setConfig({ testTimeout: FUZZ_LIMIT_MS })
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}))
afterEach(() => void vi.restoreAllMocks())

const SIZE = 3 * PART + 17
const file = fileOf(SIZE)
const FIELDS = [
  'version',
  'id',
  'key',
  'uploadId',
  'partSize',
  'fingerprint',
  'name',
  'lastModified',
  'startedAt',
  'options',
]

const strange = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    0,
    -1,
    1,
    0.5,
    1e300,
    '',
    'x',
    [],
    {},
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ),
  fc.jsonValue(),
)
/** What can be in a store: fields of any kind, sealed by whoever could, or not. */
const change = fc.record({
  fields: fc.dictionary(fc.constantFrom(...FIELDS), strange, { maxKeys: 3 }),
  fingerprint: fc.option(fc.record({ size: strange, samples: strange }, { requiredKeys: [] })),
  isSealed: fc.boolean(),
  whole: fc.option(strange, { freq: 6 }),
  parts: fc.array(
    fc.oneof(
      strange,
      fc.record(
        {
          partNumber: fc.oneof(fc.constantFrom(1, 2, 3, 4, 5, 0, -1, 1e9), strange),
          size: fc.oneof(fc.constantFrom(PART, 17), strange),
          etag: fc.oneof(fc.constantFrom('"A"', 'constructor'), strange),
          crc64: fc.oneof(fc.constantFrom('7', '-1', 'x'), strange),
        },
        { requiredKeys: [] },
      ),
    ),
    { maxLength: 4 },
  ),
})

async function beginUpload() {
  let isFirst = true
  const world = setUp(({ name }) =>
    /partNumber=[34]/.test(name) && isFirst ? new Promise<undefined>(() => {}) : undefined,
  )
  world.uploader.upload(file, { key: 'a.bin' })
  await world.clock.advance(5000)
  isFirst = false
  return world
}

it('goes on, begins afresh or says what is wrong, whatever the store holds', async () => {
  const bytes = Buffer.from(await file.arrayBuffer())
  await fc.assert(
    fc.asyncProperty(change, async ({ fields, fingerprint, isSealed, whole, parts }) => {
      const world = await beginUpload()
      const [id, entry] = [...world.checkpoints.saved][0] ?? []
      if (!id || !entry) throw new Error('There is no record.')
      const changed = {
        ...(entry.record as Parameters<typeof sealCheckpoint>[0]),
        ...(fingerprint ? { fingerprint } : {}),
        ...fields,
      } as Parameters<typeof sealCheckpoint>[0]
      const record = whole ?? (isSealed ? sealCheckpoint(changed) : changed)
      await world.checkpoints.store.save(id, record)
      await world.checkpoints.store.addParts(id, 1, parts)

      const page = createUploaderIn(
        { ...world.environment, ...createMemoryTabs().open() },
        { region: 'cn-hangzhou', bucket: 'bucket', partSize: PART, multipartThreshold: PART },
      )
      for (const saved of await page.resumable()) {
        expect(Number.isFinite(saved.size)).toBe(true)
        expect(saved.loaded).toBeLessThanOrEqual(saved.size)
      }
      const task = page.upload(file, { key: 'a.bin' })
      const ended = task.done.then(
        () => undefined,
        (error: unknown) => error,
      )
      await world.clock.advance(600_000)
      expect(['succeeded', 'failed']).toContain(task.state.status)
      const error = await ended
      if (error === undefined) {
        expect(bytes.equals(Buffer.from(world.oss.objects.get('a.bin')?.bytes ?? []))).toBe(true)
      } else if (!isOssUploadError(error)) throw error
    }),
    fuzzing(60),
  )
})
