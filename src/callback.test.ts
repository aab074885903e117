import { describe, expect, it } from 'vitest'
import type { TransportReply } from './environment.js'
import { reply } from './testing/memory-oss.js'
import { fileOf, PART, setUp } from './testing/small-uploader.js'

const callback = {
  url: ['https://app.example.com/hook', 'https://b.example.com/'],
  body: '{"key":${object},"user":${x:user}}',
  bodyType: 'application/json',
  variables: { user: 'zoë' },
} as const
const FAILED =
  '<Error><Code>CallbackFailed</Code><Message>Error status : 301.</Message><EC>0007-00000203</EC></Error>'

/** OSS stores, and what the app server said stands in the answer. */
function setUpAnswering(change: (answer: TransportReply) => TransportReply) {
  const world: ReturnType<typeof setUp> = setUp(async ({ request }) => {
    const answer = await world.oss.answer(request)
    return request.headers['x-oss-callback'] ? change(answer) : answer
  })
  return world
}

function decoded(header: string | undefined): unknown {
  return JSON.parse(Buffer.from(header ?? '', 'base64').toString())
}

describe.each([
  ['a small file', 10],
  ['a file of several parts', 2 * PART + 1],
])('the callback of %s', (_what, size) => {
  const upload = async (world: ReturnType<typeof setUp>, given: object = { callback }) => {
    const task = world.uploader.upload(fileOf(size), { key: 'a.bin', ...given })
    task.done.catch(() => {})
    await world.clock.advance(100_000)
    return task
  }

  it('is asked for once, and its answer comes with the result', async () => {
    const world = setUpAnswering(({ header }) => ({ status: 200, header, body: '{"id":7}' }))
    const { done } = await upload(world)
    expect(await done).toMatchObject({
      verified: true,
      callback: { status: 'answered', body: '{"id":7}' },
    })
    const asked = world.oss.requests.filter(({ request }) => request.headers['x-oss-callback'])
    expect(asked).toHaveLength(1)
    expect(decoded(asked[0]?.request.headers['x-oss-callback'])).toEqual({
      callbackUrl: 'https://app.example.com/hook;https://b.example.com/',
      callbackBody: callback.body,
      callbackBodyType: 'application/json',
    })
    expect(decoded(asked[0]?.request.headers['x-oss-callback-var'])).toEqual({ 'x:user': 'zoë' })
  })

  it('that failed leaves a stored object, and says so', async () => {
    const world = setUpAnswering(({ header }) => ({ status: 203, header, body: FAILED }))
    const { done } = await upload(world)
    expect(await done).toMatchObject({
      verified: true,
      callback: { status: 'failed', message: 'Error status : 301.', ec: '0007-00000203' },
    })
    expect(world.oss.objects.has('a.bin')).toBe(true)
  })

  it('that failed leaves a stored object, whoever asked for it', async () => {
    const world = setUp(async ({ name, request }) => {
      if (name !== 'POST ?uploadId' && name !== 'PUT') return undefined
      const { header } = await world.oss.answer(request)
      return { status: 203, header, body: FAILED }
    })
    const { done } = await upload(world, {})
    expect(await done).toMatchObject({ verified: true, callback: { status: 'failed' } })
  })

  it('is not taken from a page in the place of OSS', async () => {
    const world = setUpAnswering((answer) =>
      answer.status === 200 ? reply(200, '<html>Welcome to the hotel</html>') : answer,
    )
    const { done } = await upload(world)
    if (size > PART) {
      expect(await done).toMatchObject({ callback: { status: 'unknown' } })
    } else await expect(done).rejects.toMatchObject({ code: 'protocol' })
  })

  it('is nothing to speak of where none was asked for', async () => {
    const { done } = await upload(setUp(), {})
    expect((await done).callback).toBeUndefined()
  })
})

it.each([
  [{ url: 'ftp://a/', body: 'x' }, 'callback.url'],
  [{ url: [], body: 'x' }, 'callback.url'],
  [{ url: 'https://a/;https://b/', body: 'x' }, 'callback.url'],
  [{ url: 'https://a/', body: '' }, 'callback.body'],
  [{ url: 'https://a/', body: 'x', bodyType: 'text/plain' }, 'callback.bodyType'],
  [{ url: 'https://a/', body: 'x', variables: { Big: '1' } }, 'callback.variables'],
  [{ url: 'https://a/', body: 'x'.repeat(5000) }, 'callback is too long'],
])('a callback that OSS would refuse is refused at once: %j', (wrong, message) => {
  const { uploader } = setUp()
  const given = { key: 'a', callback: wrong as unknown as typeof callback }
  expect(() => uploader.upload(fileOf(1), given)).toThrow(message)
})
