import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CredentialsReason, CredentialsSource } from '../environment.js'
import { OssCredentialsError } from '../errors.js'
import { createManualClock } from '../testing/manual-clock.js'
import { createCredentialsProvider, renewalTime } from './credentials.js'

const SECOND = 1_000
const HOUR = 3_600_000

interface Question {
  readonly reason: CredentialsReason
  readonly signal: AbortSignal
  /** Answers with credentials named so, that live so long from now. */
  readonly grant: (id: string, lifeMs?: number) => Promise<void>
  readonly fail: (error: unknown) => Promise<void>
}

/** An app server whose answers the test gives, one by one. */
function setUp(random = () => 0.5) {
  const clock = createManualClock()
  const questions: Question[] = []
  const source: CredentialsSource = ({ reason, signal }) =>
    new Promise((resolve, reject) => {
      questions.push({
        reason,
        signal,
        grant: (id, lifeMs = HOUR) => {
          resolve({
            accessKeyId: id,
            accessKeySecret: 'secret',
            securityToken: 'token',
            expiration: clock.now() + lifeMs,
          })
          return clock.settle()
        },
        fail: (error) => {
          reject(error)
          return clock.settle()
        },
      })
    })
  const provider = createCredentialsProvider({ clock, random, credentials: source })
  const reasons = () => questions.map(({ reason }) => reason)

  /** The latest question, asked by now. */
  function question(): Question {
    const latest = questions.at(-1)
    if (!latest) throw new Error('Nobody asked.')
    return latest
  }
  const get = (signal = new AbortController().signal) => heard(provider.get(signal))
  const renew = (rejected: Awaited<ReturnType<typeof get>>) =>
    heard(provider.renew(rejected, new AbortController().signal))
  const getId = async () => (await get()).accessKeyId

  async function granted(id: string, lifeMs?: number) {
    const credentials = get()
    await question().grant(id, lifeMs)
    return credentials
  }
  return { clock, questions, question, reasons, get, getId, renew, granted }
}

/** A failure that the test looks at only later is no unhandled one. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

describe('credentials', () => {
  it('are asked for once, however many wait for them', async () => {
    const { get, question, reasons } = setUp()
    const waiting = [get(), get(), get()]
    await question().grant('STS.1')
    const [first, ...others] = await Promise.all(waiting)
    expect(others).toEqual([first, first])
    expect(await get()).toBe(first)
    expect(reasons()).toEqual(['first'])
  })

  it('are asked for again after a failure', async () => {
    const { get, getId, question, reasons } = setUp()
    const failing = get()
    await question().fail(new Error('offline'))
    await expect(failing).rejects.toBeInstanceOf(OssCredentialsError)
    const id = getId()
    await question().grant('STS.1')
    expect(await id).toBe('STS.1')
    expect(reasons()).toEqual(['first', 'first'])
  })

  it('may come from a function that answers or throws at once', async () => {
    const { clock } = setUp()
    const answer = {
      accessKeyId: 'STS.1',
      accessKeySecret: 'secret',
      securityToken: 'token',
      expiration: clock.now() + HOUR,
    }
    const providerOf = (credentials: () => unknown) =>
      createCredentialsProvider({
        clock,
        random: Math.random,
        credentials: credentials as unknown as CredentialsSource,
      })
    const { signal } = new AbortController()
    expect((await providerOf(() => answer).get(signal)).accessKeyId).toBe('STS.1')
    const throwing = providerOf(() => {
      throw new TypeError('a bug')
    })
    await expect(throwing.get(signal)).rejects.toBeInstanceOf(OssCredentialsError)
  })
})

describe('a failed question', () => {
  it('is worth a retry when the function failed, and keeps its error as the cause', async () => {
    const { get, question } = setUp()
    const failing = get()
    const cause = new TypeError('Failed to fetch')
    await question().fail(cause)
    await expect(failing).rejects.toMatchObject({ code: 'credentials', retryable: true, cause })
  })

  it('is not when the function says so itself, or its answer is unusable', async () => {
    const { clock, get, question } = setUp()
    const own = new OssCredentialsError('', { code: 'credentials', retryable: false })
    const refused = get()
    await question().fail(own)
    await expect(refused).rejects.toBe(own)
    const unusable = get()
    await question().grant('', clock.now())
    await expect(unusable).rejects.toMatchObject({ code: 'credentials', retryable: false })
  })

  it('is one that nobody answers within 30 s', async () => {
    const { clock, get, question } = setUp()
    const outcome = get().catch((error: unknown) => error)
    await clock.advance(29 * SECOND)
    expect(question().signal.aborted).toBe(false)
    await clock.advance(SECOND)
    expect(await outcome).toMatchObject({
      name: 'OssCredentialsError',
      message: expect.stringContaining('30 s'),
      retryable: true,
    })
    expect(question().signal.aborted).toBe(true)
  })

  it('is over: an answer that comes late changes nothing', async () => {
    const { clock, get, getId, questions } = setUp()
    void get()
    await clock.advance(30 * SECOND)
    const id = getId()
    await questions[1]?.grant('STS.2')
    await questions[0]?.grant('STS.1')
    expect([await id, await getId()]).toEqual(['STS.2', 'STS.2'])
  })
})

describe('one who stops waiting', () => {
  it('does not disturb the others', async () => {
    const { get, question, reasons } = setUp()
    const leaving = new AbortController()
    const left = get(leaving.signal)
    const staying = get()
    leaving.abort(new Error('paused'))
    await expect(left).rejects.toThrow('paused')
    expect(question().signal.aborted).toBe(false)
    await question().grant('STS.1')
    expect((await staying).accessKeyId).toBe('STS.1')
    expect(reasons()).toEqual(['first'])
  })

  it('takes the question back when nobody else waits', async () => {
    const { get, question } = setUp()
    const leaving = new AbortController()
    const left = get(leaving.signal)
    leaving.abort(new Error('paused'))
    await expect(left).rejects.toThrow('paused')
    expect(question().signal.aborted).toBe(true)
  })

  it('leaves no dying question to those who come next', async () => {
    const { get, getId, questions } = setUp()
    const leaving = new AbortController()
    const left = get(leaving.signal)
    leaving.abort(new Error('paused'))
    await expect(left).rejects.toThrow('paused')
    const id = getId()
    await questions[0]?.fail(new Error('taken back'))
    await questions[1]?.grant('STS.2')
    expect(await id).toBe('STS.2')
  })

  it('leaves no answer that comes nevertheless', async () => {
    const { get, getId, questions } = setUp()
    const leaving = new AbortController()
    const left = get(leaving.signal)
    leaving.abort(new Error('paused'))
    await expect(left).rejects.toThrow('paused')
    const id = getId()
    await questions[1]?.grant('STS.2')
    await questions[0]?.grant('STS.1')
    expect([await id, await getId()]).toEqual(['STS.2', 'STS.2'])
  })

  it('asks nothing when it had stopped before', async () => {
    const { get, questions } = setUp()
    await expect(get(AbortSignal.abort(new Error('paused')))).rejects.toThrow('paused')
    expect(questions).toEqual([])
  })
})

describe('credentials that end soon', () => {
  it('are renewed once, before they end', async () => {
    const { clock, granted, get, getId, question, reasons } = setUp()
    await granted('STS.1')
    await clock.advance(HOUR * 0.8 - 1)
    expect(await getId()).toBe('STS.1')
    await clock.advance(1)
    const waiting = [get(), get()]
    await question().grant('STS.2')
    expect((await Promise.all(waiting)).map(({ accessKeyId }) => accessKeyId)).toEqual([
      'STS.2',
      'STS.2',
    ])
    expect(reasons()).toEqual(['first', 'expiring'])
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
    const id = getId()
    await question().fail(new Error('offline'))
    expect(await id).toBe('STS.1')
    await clock.advance(HOUR * 0.1)
    const ended = get()
    await question().fail(new Error('still offline'))
    await expect(ended).rejects.toBeInstanceOf(OssCredentialsError)
    expect(reasons()).toEqual(['first', 'expiring', 'expiring'])
  })

  it('are not used any more when they end while the question is open', async () => {
    const { clock, granted, get } = setUp()
    await granted('STS.1')
    await clock.advance(HOUR - 10 * SECOND)
    const outcome = get().catch((error: unknown) => error)
    await clock.advance(30 * SECOND)
    expect(await outcome).toBeInstanceOf(OssCredentialsError)
  })

  it('are not asked for again by every request while the app server fails', async () => {
    const { clock, granted, getId, question, questions } = setUp()
    await granted('STS.1')
    await clock.advance(HOUR * 0.9)
    const id = getId()
    await question().fail(new Error('offline'))
    expect([await id, await getId(), await getId()]).toEqual(['STS.1', 'STS.1', 'STS.1'])
    expect(questions).toHaveLength(2)
    await clock.advance(10 * SECOND)
    const renewed = getId()
    await question().grant('STS.2')
    expect(await renewed).toBe('STS.2')
  })

  it('let one who stops waiting go, rather than use them', async () => {
    const { clock, granted, get } = setUp()
    await granted('STS.1')
    await clock.advance(HOUR * 0.9)
    const leaving = new AbortController()
    const left = get(leaving.signal)
    leaving.abort(new Error('paused'))
    await expect(left).rejects.toThrow('paused')
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
