import { describe, expect, it } from 'vitest'
import type { CredentialsSource } from '../environment.js'
import { OssCredentialsError } from '../errors.js'
import { createScriptedCredentials } from '../testing/scripted-credentials.js'
import { createCredentialsProvider } from './credentials.js'

const SECOND = 1_000
const HOUR = 3_600_000

function setUp() {
  const server = createScriptedCredentials()
  const provider = createCredentialsProvider({ ...server, random: () => 0.5 })
  const get = (signal = new AbortController().signal) => heard(provider.get(signal))
  const getId = async () => (await get()).accessKeyId
  return { ...server, get, getId }
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
    const { clock, get, getId, question, reasons } = setUp()
    const failing = get()
    await question().fail(new Error('offline'))
    await expect(failing).rejects.toBeInstanceOf(OssCredentialsError)
    const id = getId()
    await clock.advance(SECOND)
    await question().grant('STS.1')
    expect(await id).toBe('STS.1')
    expect(reasons()).toEqual(['first', 'first'])
  })

  it('are asked for once more by all who wait, when the app server has had the time it asked for', async () => {
    const { clock, get, getId, question, reasons } = setUp()
    const busy = {
      code: 'credentials',
      retryable: true,
      status: 503,
      retryAfterMs: 5 * SECOND,
    } as const
    const failing = get()
    await question().fail(new OssCredentialsError('', busy))
    await expect(failing).rejects.toMatchObject(busy)
    const ids = [getId(), getId(), getId()]
    await clock.advance(4 * SECOND)
    expect(reasons()).toEqual(['first'])
    await clock.advance(SECOND)
    await question().grant('STS.1')
    expect(await Promise.all(ids)).toEqual(['STS.1', 'STS.1', 'STS.1'])
    expect(reasons()).toEqual(['first', 'first'])
  })

  it('are asked for when their time has come, though the clock was set back meanwhile', async () => {
    const { clock, get, getId, question } = setUp()
    const failing = get()
    await question().fail(new Error('503'))
    await expect(failing).rejects.toBeInstanceOf(OssCredentialsError)
    await clock.advance(-2 * HOUR)
    const id = getId()
    await clock.advance(SECOND)
    await question().grant('STS.1')
    expect(await id).toBe('STS.1')
  })

  it('are not waited for once more when the clock that was set back comes to that time again', async () => {
    const { clock, get, getId, question } = setUp()
    const busy = { code: 'credentials', retryable: true, status: 503, retryAfterMs: 300 * SECOND }
    const failing = get()
    await question().fail(new OssCredentialsError('', busy as never))
    await expect(failing).rejects.toMatchObject({ status: 503 })
    await clock.advance(-24 * HOUR)
    const first = getId()
    await clock.advance(300 * SECOND)
    await question().grant('STS.1', 900 * SECOND)
    expect(await first).toBe('STS.1')
    await clock.advance(1_200 * SECOND)
    const second = getId()
    await clock.settle()
    await question().grant('STS.2')
    expect(await second).toBe('STS.2')
  })

  it('are waited for no longer than five minutes, whatever time the app server asked for', async () => {
    const { clock, get, getId, question } = setUp()
    const day = {
      code: 'credentials',
      retryable: true,
      status: 503,
      retryAfterMs: 24 * HOUR,
    } as const
    const failing = get()
    await question().fail(new OssCredentialsError('', day))
    await expect(failing).rejects.toMatchObject(day)
    const id = getId()
    await clock.advance(300 * SECOND)
    await question().grant('STS.1')
    expect(await id).toBe('STS.1')
  })

  it('are asked for at once after a question that was taken back', async () => {
    const { clock, get, getId, question, reasons } = setUp()
    const leaving = new AbortController()
    const left = get(leaving.signal)
    leaving.abort(new Error('paused'))
    await question().fail(new DOMException('', 'AbortError'))
    await expect(left).rejects.toThrow('paused')
    const id = getId()
    await clock.settle()
    expect(reasons()).toEqual(['first', 'first'])
    await question().grant('STS.1')
    expect(await id).toBe('STS.1')
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
    await clock.advance(SECOND)
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
    await clock.advance(SECOND)
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
