import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ConnectionSlots, createConnectionSlots, type Turn } from './connection-slots.js'

const settle = () => new Promise((resolve) => setImmediate(resolve))

/** Slots, and requests that end when the test says so. */
function setUp(count: number) {
  const slots = createConnectionSlots(() => count)
  const begun: string[] = []
  const ends = new Map<string, () => void>()

  function use(name: string, turn: Partial<Turn> = {}): Promise<string> {
    return slots.use({ rank: 0, signal: new AbortController().signal, ...turn }, () => {
      begun.push(name)
      return new Promise((resolve) => ends.set(name, () => resolve(name)))
    })
  }
  async function end(name: string): Promise<void> {
    await settle()
    ends.get(name)?.()
    await settle()
  }
  return { slots, use, begun, end }
}

describe('connection slots', () => {
  it('let no more requests begin than there are', async () => {
    const { use, begun, end } = setUp(2)
    for (const name of ['a', 'b', 'c', 'd']) void use(name)
    await settle()
    expect(begun).toEqual(['a', 'b'])
    await end('b')
    expect(begun).toEqual(['a', 'b', 'c'])
  })

  it('give what the request gives', async () => {
    const { slots } = setUp(1)
    const turn = { rank: 0, signal: new AbortController().signal }
    expect(await slots.use(turn, async () => 42)).toBe(42)
    await expect(slots.use(turn, () => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
  })

  it('are free again after a failure, also one that comes at once', async () => {
    const { slots, use, begun } = setUp(1)
    const turn = { rank: 0, signal: new AbortController().signal }
    const failing = slots.use(turn, () => {
      throw new Error('at once')
    })
    void use('next')
    await expect(failing).rejects.toThrow('at once')
    await settle()
    expect(begun).toEqual(['next'])
  })

  it('go to the lowest rank that waits, and among equals to who came first', async () => {
    const { use, begun, end } = setUp(1)
    void use('running', { rank: 9 })
    void use('late', { rank: 2 })
    void use('first', { rank: 1 })
    void use('second', { rank: 1 })
    void use('later', { rank: 2 })
    for (const name of ['running', 'first', 'second', 'late']) await end(name)
    expect(begun).toEqual(['running', 'first', 'second', 'late', 'later'])
  })

  it('go to parts and to others by turns, so that neither waits for the last of the other', async () => {
    const { use, begun, end } = setUp(1)
    const part = { rank: 0, isPart: true }
    void use('running', part)
    for (const name of ['1', '2', '3']) void use(name, part)
    for (const name of ['small', 'another']) void use(name, { rank: 5 })
    for (const name of ['running', 'small', '1', 'another', '2']) await end(name)
    expect(begun).toEqual(['running', 'small', '1', 'another', '2', '3'])
    for (const name of ['4', '5']) void use(name, part)
    void use('late', { rank: 9 })
    for (const name of ['3', 'late']) await end(name)
    expect(begun.slice(-2)).toEqual(['late', '4'])
  })

  it('are not all taken by parts in the end, nor by others, where both wait all the time', async () => {
    const { use, begun, end } = setUp(6)
    for (let i = 0; i < 40; i++) void use(`part ${i}`, { isPart: true })
    for (let i = 0; i < 40; i++) void use(`small ${i}`, { rank: i })
    await settle()
    const ended = new Set<string>()
    const underWay = (kind: string) =>
      begun.filter((name) => name.startsWith(kind) && !ended.has(name))
    // One part ends for ten small files.
    for (let i = 0; i < 33; i++) {
      const [next] = underWay(i % 11 === 0 ? 'part' : 'small')
      if (!next) continue
      ended.add(next)
      await end(next)
    }
    expect([underWay('part').length, underWay('small').length]).toEqual([3, 3])
  })

  it('go to those who still wait when one of them leaves', async () => {
    const { use, begun, end } = setUp(1)
    const leaving = new AbortController()
    void use('running')
    const left = use('leaving', { signal: leaving.signal })
    void use('staying')
    leaving.abort(new Error('paused'))
    await expect(left).rejects.toThrow('paused')
    await end('running')
    expect(begun).toEqual(['running', 'staying'])
  })

  it('are not given to a request that was aborted before', async () => {
    const { use, begun } = setUp(1)
    await expect(use('gone', { signal: AbortSignal.abort(new Error('paused')) })).rejects.toThrow(
      'paused',
    )
    void use('next')
    await settle()
    expect(begun).toEqual(['next'])
  })

  it('do not let a request begin that is aborted in the moment its turn comes', async () => {
    const { use, begun } = setUp(1)
    const leaving = new AbortController()
    const left = use('leaving', { signal: leaving.signal })
    leaving.abort(new Error('paused'))
    void use('next')
    await expect(left).rejects.toThrow('paused')
    await settle()
    expect(begun).toEqual(['next'])
  })

  it('do not take a request back once it has begun', async () => {
    const { use, end } = setUp(1)
    const controller = new AbortController()
    const running = use('running', { signal: controller.signal })
    await settle()
    controller.abort()
    await end('running')
    expect(await running).toBe('running')
  })

  it('are never lost or used twice, in whatever order requests come, end and leave', async () => {
    const rank = fc.integer({ min: 0, max: 3 })
    const fate = fc.constantFrom('succeeds', 'fails', 'leaves')
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.record({ rank, isPart: fc.boolean(), fate }), { maxLength: 30 }),
        fc.scheduler(),
        async (count, requests, scheduler) => {
          const slots = createConnectionSlots(() => count)
          const seen = { inUse: 0, most: 0, begunAfterAbort: 0, succeeded: 0 }
          const uses = requests.map(({ fate, ...turn }) => {
            const { signal, abort } = abortable()
            if (fate === 'leaves') void scheduler.schedule(Promise.resolve()).then(abort)
            return slots.use({ ...turn, signal }, async () => {
              if (signal.aborted) seen.begunAfterAbort++
              seen.most = Math.max(seen.most, ++seen.inUse)
              await scheduler.schedule(Promise.resolve())
              seen.inUse--
              if (fate === 'fails') throw new Error('failed')
              if (fate === 'succeeds') seen.succeeded++
            })
          })
          await scheduler.waitFor(Promise.allSettled(uses))
          expect(seen).toEqual({
            inUse: 0,
            most: Math.min(count, seen.most),
            begunAfterAbort: 0,
            succeeded: requests.filter(({ fate }) => fate === 'succeeds').length,
          })
          expect(await freeSlots(slots, count)).toBe(count)
        },
      ),
    )
  })
})

function abortable() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

/** How many of more requests than there are slots begin while none of them ends. */
async function freeSlots(slots: ConnectionSlots, count: number): Promise<number> {
  const { signal, abort } = abortable()
  let begun = 0
  for (let i = 0; i <= count; i++) {
    const use = slots.use({ rank: 0, signal }, () => {
      begun++
      return new Promise(() => {})
    })
    use.catch(() => {})
  }
  await settle()
  abort()
  return begun
}
