import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OssCredentialsError } from '../errors.js'
import { createScriptedCredentials } from '../testing/scripted-credentials.js'
import { createCredentialsProvider, renewalTime } from './credentials.js'
import type { GrantedCredentials } from './credentials-answer.js'

const SECOND = 1_000
const HOUR = 3_600_000

function setUp(random = () => 0.5) {
  const server = createScriptedCredentials()
  const provider = createCredentialsProvider({ ...server, random })
  const get = (signal = new AbortController().signal) => heard(provider.get(signal))
  const renew = (rejected: GrantedCredentials) =>
    heard(provider.renew(rejected, new AbortController().signal))
  const getId = async () => (await get()).accessKeyId

  async function granted(id: string, lifeMs?: number) {
    const credentials = get()
    await server.question().grant(id, lifeMs)
    return credentials
  }
  return { ...server, get, getId, renew, granted }
}

/** A failure that the test looks at only later is no unhandled one. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

describe('credentials that end soon', () => {
  it('are renewed once, before they end, while requests go on with the old ones', async () => {
    const { clock, granted, getId, question, reasons } = setUp()
    await granted('STS.1')
    await clock.advance(HOUR * 0.8 - 1)
    expect(await getId()).toBe('STS.1')
    expect(reasons()).toEqual(['first'])
    await clock.advance(1)
    expect([await getId(), await getId()]).toEqual(['STS.1', 'STS.1'])
    await question().grant('STS.2')
    expect(await getId()).toBe('STS.2')
    expect(reasons()).toEqual(['first', 'expiring'])
  })

  it('hold no request up when their renewal hangs', async () => {
    const { clock, granted, getId, questions } = setUp()
    await granted('STS.1')
    await clock.advance(HOUR * 0.8)
    for (let second = 0; second < 29; second++) {
      expect(await getId()).toBe('STS.1')
      await clock.advance(SECOND)
    }
    expect(questions).toHaveLength(2)
  })

  it.each([
    [0, 0.82],
    [1, 0.78],
  ])('are renewed a little earlier or later, as chance %d has it', async (roll, share) => {
    const { clock, granted, get, questions } = setUp(() => roll)
    await granted('STS.1')
    await clock.advance(HOUR * share - 1)
    await get()
    expect(questions).toHaveLength(1)
    await clock.advance(1)
    void get()
    expect(questions).toHaveLength(2)
  })

  it('are used on while they cannot be renewed, until they end', async () => {
    const { clock, granted, get, getId, question, reasons } = setUp()
    await granted('STS.1')
    await clock.advance(HOUR * 0.9)
    expect(await getId()).toBe('STS.1')
    await question().fail(new Error('offline'))
    await clock.advance(HOUR * 0.1)
    const ended = get()
    await question().fail(new Error('still offline'))
    await expect(ended).rejects.toBeInstanceOf(OssCredentialsError)
    expect(reasons()).toEqual(['first', 'expiring', 'expiring'])
  })

  it('are waited for once they have ended, by the question that is open', async () => {
    const { clock, granted, get, getId, question, questions } = setUp()
    await granted('STS.1')
    await clock.advance(HOUR - 10 * SECOND)
    expect(await getId()).toBe('STS.1')
    await clock.advance(10 * SECOND)
    const waiting = [get(), get()]
    await question().grant('STS.2')
    const ids = (await Promise.all(waiting)).map(({ accessKeyId }) => accessKeyId)
    expect(ids).toEqual(['STS.2', 'STS.2'])
    expect(questions).toHaveLength(2)
  })

  it('are not asked for again by every request while the app server fails', async () => {
    const { clock, granted, getId, question, questions } = setUp()
    await granted('STS.1')
    await clock.advance(HOUR * 0.9)
    await getId()
    await question().fail(new Error('offline'))
    expect([await getId(), await getId(), await getId()]).toEqual(['STS.1', 'STS.1', 'STS.1'])
    expect(questions).toHaveLength(2)
    await clock.advance(10 * SECOND)
    await getId()
    await question().grant('STS.2')
    expect(await getId()).toBe('STS.2')
    expect(questions).toHaveLength(3)
  })

  it('are renewed even when the upload that asked is paused', async () => {
    const { clock, granted, get, getId, question } = setUp()
    await granted('STS.1')
    await clock.advance(HOUR * 0.9)
    const pausing = new AbortController()
    await get(pausing.signal)
    pausing.abort(new Error('paused'))
    expect(question().signal.aborted).toBe(false)
    await question().grant('STS.2')
    expect(await getId()).toBe('STS.2')
  })

  it('are seen to end by the clock of OSS, once that is known', async () => {
    const server = createScriptedCredentials()
    let aheadMs = 0
    const provider = createCredentialsProvider(
      { ...server, random: () => 0.5 },
      (ms) => ms + aheadMs,
    )
    const { signal } = new AbortController()
    const first = provider.get(signal)
    await server.question().grant('STS.1')
    await first
    aheadMs = HOUR * 0.9
    await server.clock.advance(HOUR * 0.08)
    expect((await provider.get(signal)).accessKeyId).toBe('STS.1')
    expect(server.reasons()).toEqual(['first', 'expiring'])
    await server.clock.advance(HOUR * 0.02)
    const waiting = provider.get(signal)
    await server.question().grant('STS.2', 2 * HOUR)
    expect((await waiting).accessKeyId).toBe('STS.2')
  })
})

describe('credentials that OSS refused', () => {
  it('are renewed once for all who used them', async () => {
    const { granted, renew, getId, question, reasons } = setUp()
    const rejected = await granted('STS.1')
    const early = [renew(rejected), renew(rejected)]
    await question().grant('STS.2')
    const renewed = await Promise.all([...early, renew(rejected)])
    expect(renewed.map(({ accessKeyId }) => accessKeyId)).toEqual(['STS.2', 'STS.2', 'STS.2'])
    expect(await getId()).toBe('STS.2')
    expect(reasons()).toEqual(['first', 'rejected'])
  })

  it('are renewed once more when the new ones are refused too', async () => {
    const { granted, renew, question, reasons } = setUp()
    const rejected = await granted('STS.1')
    const second = renew(rejected)
    await question().grant('STS.2')
    const third = renew(await second)
    await question().grant('STS.3')
    expect((await third).accessKeyId).toBe('STS.3')
    expect(reasons()).toEqual(['first', 'rejected', 'rejected'])
  })

  it('are not used instead when the renewal fails', async () => {
    const { granted, renew, question } = setUp()
    const rejected = await granted('STS.1')
    const renewed = renew(rejected)
    await question().fail(new Error('offline'))
    await expect(renewed).rejects.toBeInstanceOf(OssCredentialsError)
  })

  it('seem to have ended where the clock is wrong, and are used until they are refused', async () => {
    const { clock, granted, getId, renew, question, reasons } = setUp()
    const odd = await granted('STS.1', -HOUR)
    await clock.advance(HOUR)
    expect(await getId()).toBe('STS.1')
    const renewed = renew(odd)
    await question().grant('STS.2', -HOUR)
    expect((await renewed).accessKeyId).toBe('STS.2')
    expect(reasons()).toEqual(['first', 'rejected'])
  })
})

describe('the time of renewal', () => {
  const lasting = (expiresAt: number) => ({
    accessKeyId: 'id',
    accessKeySecret: 'secret',
    securityToken: 'token',
    expiresAt,
    prefix: undefined,
  })

  it.each([
    ['a fifth of their life', HOUR, 0.2 * HOUR],
    ['two minutes, where a fifth is less', 540 * SECOND, 120 * SECOND],
    ['half of their life, where that is less still', 100 * SECOND, 50 * SECOND],
  ])('is %s before the end', (_, lifeMs, earlyMs) => {
    expect(renewalTime(lasting(lifeMs), 0, 0.5)).toBeCloseTo(lifeMs - earlyMs)
  })

  it('differs by a tenth from page to page', () => {
    expect(renewalTime(lasting(HOUR), 0, 0)).toBeCloseTo(HOUR - 0.18 * HOUR)
    expect(renewalTime(lasting(HOUR), 0, 1)).toBeCloseTo(HOUR - 0.22 * HOUR)
  })

  it('leaves at least half of any life, and comes before its end', () => {
    const life = fc.integer({ min: 1, max: 12 * HOUR })
    const roll = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 41 }), life, roll, (now, lifeMs, rolled) => {
        const renewAt = renewalTime(lasting(now + lifeMs), now, rolled)
        expect(renewAt).toBeGreaterThanOrEqual(now + lifeMs / 2)
        expect(renewAt).toBeLessThan(now + lifeMs)
      }),
    )
  })

  it('never comes for what seems to have ended already', () => {
    expect(renewalTime(lasting(5), 5, 0.5)).toBe(Number.POSITIVE_INFINITY)
    expect(renewalTime(lasting(5), 6, 0.5)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('an app server that answered well before', () => {
  it('is asked again when it answers rubbish, which a hotel may have put in its place', async () => {
    const { granted, renew, question } = setUp()
    const rejected = await granted('STS.1')
    const renewal = renew(rejected)
    await question().grant('')
    await expect(renewal).rejects.toMatchObject({ code: 'credentials', retryable: true })
  })

  it('is not when it refuses: whoever is signed out stays so', async () => {
    const { granted, renew, question } = setUp()
    const rejected = await granted('STS.1')
    const renewal = renew(rejected)
    const refusal = { code: 'credentials', retryable: false, status: 401 } as const
    await question().fail(new OssCredentialsError('', refusal))
    await expect(renewal).rejects.toMatchObject(refusal)
  })
})
