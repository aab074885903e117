import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { isOssUploadError } from './errors.js'
import { FUZZ_LIMIT_MS, foreignBody, fuzzing, mutated, status } from './testing/fuzzing.js'
import { type Interference, reply } from './testing/memory-oss.js'
import { fileOf, networkError, PART, setUp } from './testing/small-uploader.js'

vi.setConfig({ testTimeout: FUZZ_LIMIT_MS })
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}))
afterEach(() => void vi.restoreAllMocks())

/** What befalls one request. */
type Mishap =
  | { readonly type: 'refused' }
  | { readonly type: 'unheard' }
  | { readonly type: 'bare' }
  | { readonly type: 'foreign'; readonly status: number; readonly body: string }
  | { readonly type: 'garbled'; readonly seed: number }

const mishap: fc.Arbitrary<Mishap | undefined> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.constantFrom<Mishap[]>({ type: 'refused' }, { type: 'unheard' }, { type: 'bare' }),
  fc.record({ type: fc.constant('foreign' as const), status, body: foreignBody }),
  fc.record({ type: fc.constant('garbled' as const), seed: fc.nat() }),
)

function bring(
  mishaps: readonly (Mishap | undefined)[],
  oss: () => ReturnType<typeof setUp>['oss'],
) {
  let count = 0
  const interfere: Interference = async ({ request }) => {
    const mishap = mishaps[count++]
    if (!mishap) return undefined
    if (mishap.type === 'refused') throw networkError()
    if (mishap.type === 'foreign') return reply(mishap.status, mishap.body)
    const answer = await oss().answer(request)
    if (mishap.type === 'unheard') throw networkError()
    // As by a CORS rule that exposes nothing.
    if (mishap.type === 'bare') return { ...answer, header: () => undefined }
    const [body = ''] = fc.sample(mutated(answer.body), { numRuns: 1, seed: mishap.seed })
    const header = (name: string) => {
      const value = answer.header(name)
      return value && fc.sample(mutated(value), { numRuns: 1, seed: mishap.seed })[0]
    }
    return { ...answer, body, header }
  }
  return interfere
}

it.each([
  ['a small file', 1000],
  ['a file of several parts', 2 * PART + 17],
])(
  '%s is stored whole or fails with an error of the family, whatever is answered',
  async (_what, size) => {
    const file = fileOf(size)
    const bytes = Buffer.from(await file.arrayBuffer())
    await fc.assert(
      fc.asyncProperty(fc.array(mishap, { maxLength: 12 }), async (mishaps) => {
        const world: ReturnType<typeof setUp> = setUp(bring(mishaps, () => world.oss))
        const task = world.uploader.upload(file, { key: 'a.bin' })
        const ended = task.done.then(
          () => undefined,
          (error: unknown) => error,
        )
        await world.clock.advance(3_600_000)
        expect(['succeeded', 'failed']).toContain(task.state.status)
        const error = await ended
        if (error === undefined) {
          expect(bytes.equals(Buffer.from(world.oss.objects.get('a.bin')?.bytes ?? []))).toBe(true)
        } else expect(isOssUploadError(error)).toBe(true)
      }),
      fuzzing(60),
    )
  },
)
