import { describe, expect, it } from 'vitest'
import { createMemoryEnvironment } from './testing/memory-environment.js'
import { reply } from './testing/memory-oss.js'
import { fileOf, PART } from './testing/small-uploader.js'
import { createUploaderIn } from './whole-uploader.js'

const MINUTE = 60_000

/** STS and OSS go by one clock; the device's is behind it by so much, so that it never sees a token end in time. */
function setUp({ lifeMs, behindMs, partMs }: { lifeMs: number; behindMs: number; partMs: number }) {
  const ends = new Map<string, number>()
  const refused = new Map<string, number>()
  const reasons: string[] = []
  let failsUntil = 0
  const serverNow = () => world.clock.now() + behindMs
  const world = createMemoryEnvironment(async ({ name, request }) => {
    const id = /STS\.\d+/.exec(request.headers['authorization'] ?? '')?.[0] ?? ''
    if (serverNow() >= (ends.get(id) ?? 0)) {
      refused.set(id, (refused.get(id) ?? 0) + 1)
      return reply(403, '<Error><Code>SecurityTokenExpired</Code></Error>')
    }
    if (!name.includes('partNumber')) return undefined
    await new Promise<void>((resolve) => void world.clock.after(partMs, resolve))
    return undefined
  })
  const uploader = createUploaderIn(
    {
      ...world.environment,
      credentials: async ({ reason }) => {
        if (world.clock.now() < failsUntil) throw new TypeError('Failed to fetch')
        const accessKeyId = `STS.${reasons.push(reason)}`
        const expiration = serverNow() + lifeMs
        ends.set(accessKeyId, expiration)
        return { accessKeyId, accessKeySecret: 'secret', securityToken: 'token', expiration }
      },
    },
    { region: 'cn-hangzhou', bucket: 'bucket', partSize: PART, parallel: 3 },
  )
  const failFor = (ms: number) => {
    failsUntil = world.clock.now() + ms
  }
  return { ...world, uploader, refused, reasons, failFor }
}

describe('an upload whose token ends fifty times', () => {
  it('refreshes it exactly fifty times, and loses no part', async () => {
    const world = setUp({ lifeMs: MINUTE, behindMs: 10 * MINUTE, partMs: MINUTE })
    // A token lasts for three parts, sent at a time: the 51st is needed for Complete.
    const file = fileOf(150 * PART)
    const task = world.uploader.upload(file, { key: 'a' })
    await world.clock.advance(60 * MINUTE)
    expect((await task.done).verified).toBe(true)
    expect(Buffer.from(await file.arrayBuffer()).equals(stored(world))).toBe(true)
    expect(world.refused.size).toBe(50)
    expect(world.reasons).toEqual(['first', ...Array(50).fill('rejected')])
    // One replay for each request that was refused, and nothing sent twice for any other reason.
    const refusals = [...world.refused.values()].reduce((sum, times) => sum + times, 0)
    expect(refusals).toBeLessThanOrEqual(50 * 3)
    expect(world.oss.requests).toHaveLength(150 + 2 + refusals)
  })

  it('is never refused where the device’s clock is right', async () => {
    const world = setUp({ lifeMs: 15 * MINUTE, behindMs: 0, partMs: 5 * MINUTE })
    const task = world.uploader.upload(fileOf(45 * PART), { key: 'a' })
    await world.clock.advance(90 * MINUTE)
    expect((await task.done).verified).toBe(true)
    expect(world.refused.size).toBe(0)
    expect(new Set(world.reasons)).toEqual(new Set(['first', 'expiring']))
  })

  it('asks the app server again when a refresh failed, and keeps its parts', async () => {
    const world = setUp({ lifeMs: MINUTE, behindMs: 10 * MINUTE, partMs: MINUTE })
    const task = world.uploader.upload(fileOf(20 * PART), { key: 'a' })
    await world.clock.advance(59_000)
    world.failFor(MINUTE)
    await world.clock.advance(30_000)
    expect(task.state).toMatchObject({ status: 'waiting', waitingFor: 'credentials' })
    await world.clock.advance(10 * MINUTE)
    expect((await task.done).verified).toBe(true)
    expect(world.reasons.slice(0, 2)).toEqual(['first', 'rejected'])
    // What OSS has refused is not sent with again.
    expect(world.refused.get('STS.1')).toBe(1)
  })
})

function stored({ oss }: ReturnType<typeof setUp>): Buffer {
  return Buffer.from(oss.objects.get('a')?.bytes ?? [])
}
