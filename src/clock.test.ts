import { describe, expect, it } from 'vitest'
import { createMemoryEnvironment } from './testing/memory-environment.js'
import { reply } from './testing/memory-oss.js'
import { fileOf, PART } from './testing/small-uploader.js'
import { createUploaderIn } from './whole-uploader.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * OSS's clock is ahead of the device's by so much; it says so, or says something else.
 *
 * @param appServer - What the app server's clock shows then; `undefined` where the page cannot read it.
 * @param silentKey - Requests for it are never answered.
 */
function setUp(
  startAheadMs: number,
  saidMs?: (serverMs: number) => number,
  firstLifeMs = HOUR,
  appServer?: (serverMs: number) => number,
  silentKey?: string,
) {
  let aheadMs = startAheadMs
  const refusals: string[] = []
  const serverNow = () => world.clock.now() + aheadMs
  const world = createMemoryEnvironment(({ name, key, request }) => {
    if (key === silentKey) return new Promise<undefined>(() => {})
    const skew = Math.abs(signedAt(request.headers['x-oss-date']) - serverNow())
    if (skew < 15 * MINUTE) return undefined
    refusals.push(name)
    const told = new Date(saidMs?.(serverNow()) ?? serverNow()).toISOString()
    const code = '<Code>RequestTimeTooSkewed</Code>'
    return reply(403, `<Error>${code}<ServerTime>${told}</ServerTime></Error>`)
  })
  const reasons: string[] = []
  const uploader = createUploaderIn(
    {
      ...world.environment,
      credentials: async ({ reason, onServerTime }) => {
        if (appServer) onServerTime?.(appServer(serverNow()))
        const expiration = serverNow() + (reasons.push(reason) === 1 ? firstLifeMs : HOUR)
        const [accessKeyId, accessKeySecret, securityToken] = ['STS.id', 'secret', 'token']
        return { accessKeyId, accessKeySecret, securityToken, expiration }
      },
    },
    { region: 'cn-hangzhou', bucket: 'bucket', partSize: PART, multipartThreshold: PART },
  )
  const jump = (ms: number) => {
    aheadMs += ms
  }
  return { ...world, uploader, refusals, reasons, jump }
}

function signedAt(date = ''): number {
  return Date.parse(
    date.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6.000Z'),
  )
}

describe('a device whose clock is wrong', () => {
  it.each([
    ['16 minutes behind', 16 * MINUTE],
    ['an hour ahead', -HOUR],
    ['a day ahead', -DAY],
    ['ten years behind', 3650 * DAY],
  ])('by being %s wastes one request for all uploads', async (_, aheadMs) => {
    const { uploader, oss, refusals, reasons } = setUp(aheadMs)
    const file = fileOf(5 * PART)
    expect((await uploader.upload(file, { key: 'a' }).done).verified).toBe(true)
    expect((await uploader.upload(fileOf(5), { key: 'b' }).done).verified).toBe(true)
    expect(refusals).toEqual(['POST ?uploads'])
    const bytes = Buffer.from(oss.objects.get('a')?.bytes ?? [])
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true)
    // Nor does it take fresh credentials for ended ones, once it knows.
    expect(reasons).toEqual(['first'])
  })

  it('wastes one request of many that begin at once', async () => {
    const { uploader, oss, refusals, clock } = setUp(2 * HOUR)
    const tasks = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => uploader.upload(fileOf(5), { key }))
    await clock.settle()
    for (const { done } of tasks) expect((await done).verified).toBe(true)
    expect(refusals).toEqual(['PUT'])
    expect(oss.requests).toHaveLength(7)
  })

  it('lets the next one go ahead where the first gets no answer', async () => {
    const { uploader, oss, refusals, clock } = setUp(2 * HOUR, undefined, HOUR, undefined, 'a')
    const [first, ...others] = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) =>
      uploader.upload(fileOf(5), { key }),
    )
    await clock.settle()
    expect(oss.requests.map(({ key }) => key)).toEqual(['a'])
    void first?.cancel()
    await clock.settle()
    for (const { done } of others) expect((await done).verified).toBe(true)
    expect(refusals).toEqual(['PUT'])
  })

  it('wastes none where the page can read when the app server answered', async () => {
    const { uploader, refusals } = setUp(2 * HOUR, undefined, HOUR, (serverMs) => serverMs + 500)
    const both = ['a', 'b'].map((key) => uploader.upload(fileOf(5), { key }).done)
    for (const done of both) expect((await done).verified).toBe(true)
    expect(refusals).toEqual([])
  })

  it('goes by OSS where the app server’s clock is wrong too, at the cost of one request', async () => {
    const { uploader, refusals } = setUp(2 * HOUR, undefined, HOUR, (serverMs) => serverMs - DAY)
    const both = ['a', 'b'].map((key) => uploader.upload(fileOf(5), { key }).done)
    for (const done of both) expect((await done).verified).toBe(true)
    expect(refusals).toEqual(['PUT'])
  })

  it('keeps nobody waiting for long where the first answer is slow', async () => {
    const slow = createMemoryEnvironment(({ key }) =>
      key === 'slow' ? new Promise<undefined>(() => {}) : undefined,
    )
    const { credentials } = slow.environment
    const uploader = createUploaderIn(
      { ...slow.environment, credentials: ({ onServerTime: _, ...asked }) => credentials(asked) },
      { region: 'cn-hangzhou', bucket: 'bucket' },
    )
    uploader.upload(fileOf(5), { key: 'slow' })
    const { done } = uploader.upload(fileOf(5), { key: 'quick' })
    await slow.clock.advance(1_900)
    expect(slow.oss.requests.map(({ key }) => key)).toEqual(['slow'])
    await slow.clock.advance(100)
    expect((await done).verified).toBe(true)
  })

  it('sends the whole body again', async () => {
    const { uploader, oss, refusals } = setUp(2 * HOUR)
    const file = fileOf(PART)
    expect((await uploader.upload(file, { key: 'a' }).done).verified).toBe(true)
    expect(refusals).toEqual(['PUT'])
    expect(oss.objects.get('a')?.bytes).toHaveLength(PART)
  })

  it('sends nothing again with a token that has ended by the clock of OSS', async () => {
    const { uploader, reasons } = setUp(2 * HOUR, undefined, -MINUTE)
    await uploader.upload(fileOf(5), { key: 'a' }).done
    expect(reasons).toEqual(['first', 'expiring'])
  })

  it('dates an upload by the clock of OSS, which dates its object', async () => {
    const { uploader, clock, checkpoints } = setUp(-3 * HOUR)
    const task = uploader.upload(fileOf(5 * PART), { key: 'a' })
    const dates = new Set<unknown>()
    task.subscribe(() => {
      for (const { record } of checkpoints.saved.values()) {
        dates.add((record as { startedAt: number }).startedAt - clock.now())
      }
    })
    await task.done
    expect([...dates]).toEqual([-3 * HOUR])
  })

  it('renews credentials by the clock of OSS', async () => {
    const { uploader, clock, reasons } = setUp(2 * HOUR)
    await uploader.upload(fileOf(2 * PART), { key: 'a' }).done
    await clock.advance(0.9 * HOUR)
    await uploader.upload(fileOf(5), { key: 'b' }).done
    expect(reasons).toEqual(['first', 'expiring'])
  })

  it('may have it set right, or sleep, in the middle', async () => {
    const { uploader, jump, refusals } = setUp(2 * HOUR)
    await uploader.upload(fileOf(2 * PART), { key: 'a' }).done
    jump(-2 * HOUR)
    await uploader.upload(fileOf(2 * PART), { key: 'b' }).done
    jump(9 * HOUR)
    await uploader.upload(fileOf(2 * PART), { key: 'c' }).done
    expect(refusals).toEqual(Array(3).fill('POST ?uploads'))
  })

  it.each([
    ['always an hour off', (serverMs: number) => serverMs + HOUR],
    ['1970', () => 0],
  ])('is told so, without a loop, where the time OSS says is %s', async (_, said) => {
    const { uploader, refusals } = setUp(2 * HOUR, said)
    const failed = uploader.upload(fileOf(PART), { key: 'a' }).done
    await expect(failed).rejects.toMatchObject({ ossCode: 'RequestTimeTooSkewed' })
    await expect(failed).rejects.toThrow('clock of this device')
    expect(refusals.length).toBeLessThanOrEqual(2)
  })
})
