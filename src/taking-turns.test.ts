import { describe, expect, it } from 'vitest'
import { fileOf, PART, setUp } from './testing/small-uploader.js'
import type { EngineOptions } from './uploader.js'

/** Large files that are under way, on a line where a part takes a second. */
async function beginLarge(
  count: number,
  { isMetered = false, ...options }: Partial<EngineOptions> & { isMetered?: boolean } = {},
) {
  const world = setUp(async ({ name }) => {
    if (name.startsWith('PUT')) await new Promise<void>((go) => world.clock.after(1000, go))
    return undefined
  }, options)
  world.connection.setMetered(isMetered)
  const large = Array.from({ length: count }, (_, index) =>
    world.uploader.upload(fileOf(50 * PART), { key: `large ${index}` }),
  )
  await world.clock.advance(3000)
  return { ...world, large }
}

describe('beside large files', () => {
  it.each([
    ['two that were chosen together', 2, {}],
    ['one on a metered line', 1, { isMetered: true }],
    ['one whose parts are hashed ahead', 1, { verify: 'crc64+md5' as const }],
  ])('a small one is sent at once: %s', async (_which, count, options) => {
    const { uploader, clock, large } = await beginLarge(count, options)
    const small = uploader.upload(fileOf(10), { key: 'small' })
    await clock.advance(4000)
    expect(small.state.status).toBe('succeeded')
    expect(large.map(({ state }) => state.status)).toEqual(large.map(() => 'uploading'))
  })

  it('one that is cancelled is aborted at once', async () => {
    const { oss, clock, large } = await beginLarge(2, { isMetered: true })
    let isOver = false
    void large[1]?.cancel().then(() => {
      isOver = true
    })
    await clock.advance(4000)
    expect(isOver).toBe(true)
    expect(oss.uploads.size).toBe(1)
    expect(large[0]?.state.status).toBe('uploading')
  })
})
