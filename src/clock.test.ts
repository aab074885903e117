import { describe, expect, it } from 'vitest'
import { createMemoryEnvironment } from './testing/memory-environment.js'
import { reply } from './testing/memory-oss.js'
import { fileOf, PART } from './testing/small-uploader.js'
import { createUploaderIn } from './whole-uploader.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** OSS's clock is ahead of the device's by so much; it says so, or says something else. */
function setUp(startAheadMs: number, saidMs?: (serverMs: number) => number, firstLifeMs = HOUR) {
  let aheadMs = startAheadMs
  const refusals: string[] = []
  const serverNow = () => world.clock.now() + aheadMs
  const world = createMemoryEnvironment(({ name, request }) => {
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
      credentials: async ({ reason }) => {
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
