import { describe, expect, it } from 'vitest'
import type { TransportReply } from './environment.js'
import { createMemoryEnvironment } from './testing/memory-environment.js'
import { type Interference, reply } from './testing/memory-oss.js'
import { fileOf, networkError, PART } from './testing/small-uploader.js'
import { createUploaderIn } from './whole-uploader.js'

const SIZE = 5 * PART + 17
const KEY = { key: 'a.bin' }
const OPTIONS = {
  region: 'cn-hangzhou',
  bucket: 'bucket',
  partSize: PART,
  multipartThreshold: PART,
}
/** Plain http has none: everyone holds everything. */
const NO_LOCKS = {
  tryHold: async () => () => {},
  hold: async () => () => {},
  isHeld: async () => false,
}

function setUp(interfere: Interference = () => undefined) {
  const world = createMemoryEnvironment(interfere)
  return {
    ...world,
    page: () => createUploaderIn({ ...world.environment, locks: NO_LOCKS }, OPTIONS),
    names: (beginning: string) =>
      world.oss.requests.map(({ name }) => name).filter((name) => name.startsWith(beginning)),
  }
}

/** OSS does what it was asked to, and nobody hears of it. */
function unheard(name: string): Interference {
  return ({ name: asked }) => (asked === name ? new Promise<undefined>(() => {}) : undefined)
}

describe('a page that ended after its Complete took effect', () => {
  async function dieCompleting(interfere: Interference = () => undefined) {
    const gate = { isFirst: true }
    const world = setUp((record) =>
      gate.isFirst ? unheard('POST ?uploadId')(record) : interfere(record),
    )
    world.page().upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    gate.isFirst = false
    const completing = world.oss.requests.at(-1)
    if (completing) await world.oss.answer(completing.request)
    world.oss.requests.length = 0
    return world
  }

  it('is found to have succeeded, and nothing is sent again', async () => {
    const world = await dieCompleting()
    const [saved] = await world.page().resumable()
    const task = await saved?.resume(fileOf(SIZE))
    expect(await task?.done).toMatchObject({ verified: true, size: SIZE })
    expect(world.names('P')).toEqual([])
    await world.clock.settle()
    expect(world.checkpoints.saved.size).toBe(0)
  })

  it.each([200, 404, 403])(
    'is not taken for lost on the word of a proxy: %i to a HEAD',
    async (status) => {
      let pages = 0
      const page = reply(status, '', { 'content-length': '512', 'content-type': 'text/html' })
      const world = await dieCompleting(({ name }) =>
        name === 'HEAD' && pages++ < 2 ? page : undefined,
      )
      const task = world.page().upload(fileOf(SIZE), KEY)
      await world.clock.advance(10_000)
      expect(await task.done).toMatchObject({ verified: true, size: SIZE })
      expect(world.names('P')).toEqual([])
    },
  )

  it('begins afresh where CORS hides whose word it is', async () => {
    const hidden = [
      ['HEAD', reply(404, '')],
      ['GET ?uploadId', reply(404, '<Error><Code>NoSuchUpload</Code></Error>')],
    ] as const
    const world = await dieCompleting(({ name }) => new Map(hidden).get(name as 'HEAD'))
    const task = world.page().upload(fileOf(SIZE), KEY)
    await world.clock.advance(10_000)
    expect(await task.done).toMatchObject({ verified: true })
    expect(world.names('HEAD')).toHaveLength(1)
    expect(world.names('PUT')).toHaveLength(6)
  })

  it.each([
    ['the object has other bytes', (bytes: Uint8Array) => Uint8Array.from(bytes).fill(1, 0, 9), 6],
    ['the object was stored by one PutObject', (bytes: Uint8Array) => bytes, 0],
  ])('begins afresh when %s, and says so', async (_what, change, parts) => {
    const world = await dieCompleting()
    const object = world.oss.objects.get('a.bin')
    if (object) world.oss.objects.set('a.bin', { ...object, bytes: change(object.bytes), parts })
    const task = world.page().upload(fileOf(SIZE), KEY)
    const said: boolean[] = []
    task.subscribe(({ isStartedAfresh }) => said.push(isStartedAfresh))
    expect(await task.done).toMatchObject({ verified: true })
    expect(world.names('PUT')).toHaveLength(6)
    expect(said.at(-1)).toBe(true)
  })

  it('begins afresh when nobody may look at the object', async () => {
    const denied = reply(403, '<Error><Code>AccessDenied</Code></Error>')
    const world = await dieCompleting(({ name }) => (name === 'HEAD' ? denied : undefined))
    expect(await world.page().upload(fileOf(SIZE), KEY).done).toMatchObject({ verified: true })
    expect(world.names('PUT')).toHaveLength(6)
  })
})

describe('two tabs without locks', () => {
  it('may both send, and the loser of Complete finds the object done', async () => {
    const slow = { isHeld: true }
    const world = setUp(({ name }) =>
      slow.isHeld && name === 'PUT ?partNumber=6' ? new Promise<undefined>(() => {}) : undefined,
    )
    const one = world.page().upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    slow.isHeld = false
    const two = world.page().upload(fileOf(SIZE), KEY)
    expect(await two.done).toMatchObject({ verified: true })
    one.pause()
    one.resume()
    await world.clock.advance(1000)
    expect(await one.done).toMatchObject({ verified: true })
    expect(world.names('POST ?uploads')).toHaveLength(1)
  })

  /** The upload of a first visit is gone from OSS before its last part. */
  async function loseUpload(head?: TransportReply) {
    const slow = { isHeld: true }
    const world = setUp(({ name }) => {
      if (name === 'HEAD') return head
      const isSlow = slow.isHeld && name === 'PUT ?partNumber=6'
      return isSlow ? new Promise<undefined>(() => {}) : undefined
    })
    const task = world.page().upload(fileOf(SIZE), KEY)
    await world.clock.advance(1000)
    slow.isHeld = false
    world.oss.uploads.clear()
    task.pause()
    task.resume()
    return { world, done: task.done }
  }

  it('fail where the upload was aborted, and never completed', async () => {
    const { world, done } = await loseUpload()
    await expect(done).rejects.toMatchObject({ code: 'no-such-upload' })
    expect(world.names('HEAD')).toHaveLength(1)
  })

  it('do not say that an upload is gone where nobody may look whether it was completed', async () => {
    const { done } = await loseUpload(reply(403, '<Error><Code>AccessDenied</Code></Error>'))
    await expect(done).rejects.toMatchObject({ code: 'completion-unknown' })
  })
})

describe('an upload that OSS forgot before it was completed', () => {
  it('is not done because an older object of the same bytes is there', async () => {
    let isSecond = false
    const world = setUp(async ({ name, request }) => {
      if (name === 'HEAD') {
        const found = await world.oss.answer(request)
        const old = 'Wed, 21 Oct 2015 07:28:00 GMT'
        return { ...found, header: (of) => (of === 'last-modified' ? old : found.header(of)) }
      }
      if (isSecond && name === 'PUT ?partNumber=3') world.oss.uploads.clear()
      return undefined
    })
    await world.page().upload(fileOf(SIZE), KEY).done
    isSecond = true
    const again = world.page().upload(fileOf(SIZE), { ...KEY, contentType: 'video/mp4' })
    await world.clock.advance(10_000)
    await expect(again.done).rejects.toMatchObject({ code: 'no-such-upload' })
  })
})

describe('a file that may replace nothing', () => {
  const ONCE = { ...KEY, forbidOverwrite: true }
  const refusal = (status: number, code: string) =>
    reply(status, `<Error><Code>${code}</Code></Error>`)

  /** It is stored by one request, whose answer is of a second one that the browser made by itself. */
  function putTwice(head: (found: TransportReply) => TransportReply = (found) => found) {
    const world = setUp(async ({ name, request }) => {
      if (name === 'HEAD') return head(await world.oss.answer(request))
      if (name !== 'PUT') return undefined
      await world.oss.answer(request)
      return refusal(409, 'FileAlreadyExists')
    })
    return world.page().upload(fileOf(100), ONCE).done
  }

  it('is not in its own way', async () => {
    let tries = 0
    const world = setUp(async ({ name, request }) => {
      if (name !== 'PUT') return undefined
      await world.oss.answer(request)
      if (tries++ === 0) throw networkError()
      return refusal(409, 'FileAlreadyExists')
    })
    const { done } = world.page().upload(fileOf(100), ONCE)
    await world.clock.advance(1000)
    expect(await done).toMatchObject({ verified: true, size: 100 })
  })

  it('is not in its own way when it was paused before its answer came', async () => {
    let tries = 0
    const world = setUp(async ({ name, request }) => {
      if (name !== 'PUT') return undefined
      await world.oss.answer(request)
      return tries++ === 0 ? new Promise<undefined>(() => {}) : refusal(409, 'FileAlreadyExists')
    })
    const task = world.page().upload(fileOf(100), ONCE)
    await world.clock.advance(1000)
    task.pause()
    task.resume()
    await world.clock.advance(1000)
    expect(await task.done).toMatchObject({ verified: true, size: 100 })
  })

  it('is told to be damaged where it is, rather than to be in the way', async () => {
    const world = setUp(async ({ name }) => {
      const damaged = { etag: '"X"', 'x-oss-hash-crc64ecma': '1', 'x-oss-request-id': 'R' }
      return name === 'PUT' ? reply(200, '', damaged) : undefined
    })
    const { done } = world.page().upload(fileOf(100), ONCE)
    await expect(done).rejects.toMatchObject({ code: 'checksum' })
    expect(world.names('PUT')).toHaveLength(1)
  })

  it('is not taken for stored where another may have stored the same bytes', async () => {
    await expect(putTwice()).rejects.toMatchObject({
      code: 'already-exists',
      message: expect.stringContaining("exactly this file's bytes"),
    })
  })

  it.each([
    ['of other bytes', { 'x-oss-hash-crc64ecma': '1' }],
    ['of another size', { 'content-length': '101' }],
    ['from before', { 'last-modified': 'Wed, 21 Oct 2015 07:28:00 GMT' }],
  ])('fails where an object %s is in the way', async (_what, headers: Record<string, string>) => {
    const done = putTwice(({ header, ...rest }) => ({
      ...rest,
      header: (name) => headers[name] ?? header(name),
    }))
    await expect(done).rejects.toMatchObject({
      code: 'already-exists',
      message: expect.stringContaining('Choose another key'),
    })
  })

  it('says that it may be there where nobody may look', async () => {
    await expect(putTwice(() => refusal(403, 'AccessDenied'))).rejects.toMatchObject({
      code: 'already-exists',
      message: expect.stringContaining('It may be this file'),
    })
  })
})

describe('a Complete that the browser sent again by itself', () => {
  const forgotten = (head?: TransportReply) => {
    const world = setUp(async ({ name, request }) => {
      if (name === 'HEAD') return head
      if (name === 'POST ?uploadId') await world.oss.answer(request)
      return undefined
    })
    return world.page().upload(fileOf(SIZE), KEY).done
  }

  it('is found to be done', async () => {
    expect(await forgotten()).toMatchObject({ verified: true })
  })

  it('is told to be unknown where nobody may look', async () => {
    const denied = reply(403, '<Error><Code>AccessDenied</Code></Error>')
    await expect(forgotten(denied)).rejects.toMatchObject({ code: 'completion-unknown' })
  })
})
