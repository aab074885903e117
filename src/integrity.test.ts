import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Interference, type RequestRecord, reply } from './testing/memory-oss.js'
import { fileOf, PART, setUp } from './testing/small-uploader.js'

const SIZE = 3 * PART + 17
const DENIED = reply(403, '<Error><Code>AccessDenied</Code></Error>')
const isList = ({ name }: RequestRecord) => name === 'GET ?uploadId'

const warn = vi.spyOn(console, 'warn')
beforeEach(() => void warn.mockImplementation(() => {}))
afterEach(() => vi.clearAllMocks())

type World = ReturnType<typeof setUp>

/** A bucket whose CORS rule does not expose these headers. */
function setUpHiding(
  hidden: readonly string[],
  interfere: Interference = () => undefined,
  options: Parameters<typeof setUp>[1] = {},
): World {
  const world: World = setUp(async (record) => {
    const { header, ...answer } =
      (await interfere(record)) ?? (await world.oss.answer(record.request))
    return { ...answer, header: (name) => (hidden.includes(name) ? undefined : header(name)) }
  }, options)
  return world
}

async function finish({ uploader, clock, oss }: World, size = SIZE, key = 'a.bin') {
  const file = fileOf(size)
  const task = uploader.upload(file, { key })
  task.done.catch(() => {})
  await clock.advance(200_000)
  const stored = Buffer.from(oss.objects.get(key)?.bytes ?? [])
  return {
    outcome: task.done,
    names: oss.requests.map(({ name }) => name),
    isWhole: stored.equals(Buffer.from(await file.arrayBuffer())),
  }
}

const CRC = 'x-oss-hash-crc64ecma'
const warnings = () => warn.mock.calls.map(([text]) => String(text))

describe('a bucket whose CORS rule hides the ETag', () => {
  it('gets a whole, verified object by the ETags that OSS lists, and one hint for all files', async () => {
    const world = setUpHiding(['etag'])
    const { outcome, names, isWhole } = await finish(world)
    expect(await outcome).toMatchObject({ verified: true, etag: '' })
    expect(isWhole).toBe(true)
    expect(names.filter((name) => name.startsWith('GET'))).toHaveLength(4)
    await (await finish(world, SIZE, 'b.bin')).outcome
    expect(warnings()).toEqual([expect.stringContaining('<ExposeHeader>ETag</ExposeHeader>')])
  })

  it('fails by the first part, naming the line, where parts may not be listed either', async () => {
    const world = setUpHiding(['etag'], (record) => (isList(record) ? DENIED : undefined), {
      parallel: 1,
    })
    const { outcome, names } = await finish(world)
    await expect(outcome).rejects.toMatchObject({
      name: 'OssProtocolError',
      code: 'cors',
      message: expect.stringContaining('<ExposeHeader>ETag</ExposeHeader>'),
    })
    expect(names.filter((name) => name.startsWith('PUT'))).toHaveLength(1)
  })

  it('sends a part again that OSS lists with other bytes', async () => {
    let isDamaged = true
    const world = setUpHiding(['etag', CRC], ({ name, request }) => {
      if (name !== 'PUT ?partNumber=2' || !isDamaged) return undefined
      isDamaged = false
      return world.oss.answer({ ...request, body: new Blob([new Uint8Array(PART)]) })
    })
    const { outcome, names, isWhole } = await finish(world)
    expect(await outcome).toMatchObject({ verified: true })
    expect(isWhole).toBe(true)
    expect(names.filter((name) => name === 'PUT ?partNumber=2')).toHaveLength(2)
  })

  it('takes a small file by its CRC-64, and without that only what it can look at', async () => {
    const small = await finish(setUpHiding(['etag']), 10)
    expect(await small.outcome).toMatchObject({ verified: true, etag: '' })
    const seen = await finish(setUpHiding(['etag', CRC]), 10)
    expect(await seen.outcome).toMatchObject({ verified: false })
    const blind = setUpHiding(['etag', CRC], ({ name }) => (name === 'HEAD' ? DENIED : undefined))
    await expect((await finish(blind, 10)).outcome).rejects.toMatchObject({ code: 'cors' })
  })
})

describe('a bucket whose CORS rule hides the CRC-64', () => {
  it('gets a verified object by what OSS lists of its parts, in one listing', async () => {
    const { outcome, names, isWhole } = await finish(setUpHiding([CRC]))
    expect(await outcome).toMatchObject({ verified: true })
    expect(isWhole).toBe(true)
    // Pages of two.
    expect(names.filter((name) => name.startsWith('GET'))).toHaveLength(2)
    expect(names).not.toContain('HEAD')
  })

  it('sends a part that arrived damaged again before it completes', async () => {
    let isDamaged = true
    const world = setUpHiding([CRC], ({ name, request }) => {
      if (name !== 'PUT ?partNumber=2' || !isDamaged) return undefined
      isDamaged = false
      return world.oss.answer({ ...request, body: new Blob([new Uint8Array(PART)]) })
    })
    const { outcome, names, isWhole } = await finish(world)
    expect(await outcome).toMatchObject({ verified: true })
    expect(isWhole).toBe(true)
    expect(names.filter((name) => name === 'POST ?uploadId')).toHaveLength(1)
  })

  it('fails where a part keeps arriving damaged, and stores nothing', async () => {
    const world = setUpHiding([CRC], ({ name, request }) =>
      name === 'PUT ?partNumber=2'
        ? world.oss.answer({ ...request, body: new Blob([new Uint8Array(PART)]) })
        : undefined,
    )
    const { outcome, names } = await finish(world)
    await expect(outcome).rejects.toMatchObject({ name: 'OssChecksumError', code: 'checksum' })
    expect(names.filter((name) => name === 'PUT ?partNumber=2')).toHaveLength(3)
    expect(world.oss.objects.size).toBe(0)
  })

  it('reports what it could not verify where nothing can be read, and asks in vain once', async () => {
    const world = setUpHiding([CRC], (record) =>
      isList(record) || record.name === 'HEAD' ? DENIED : undefined,
    )
    expect(await (await finish(world)).outcome).toMatchObject({ verified: false })
    const { outcome, names } = await finish(world, 10, 'b.bin')
    expect(await outcome).toMatchObject({ verified: false })
    expect(names.filter((name) => name === 'HEAD')).toHaveLength(1)
    expect(warnings()).toEqual([expect.stringContaining(`<ExposeHeader>${CRC}</ExposeHeader>`)])
  })

  it('looks at the object where that tells: a rule of its own for HEAD', async () => {
    const world: World = setUp(async ({ name, request }) => {
      const { header, ...answer } = await world.oss.answer(request)
      const isHidden = (header: string) => header === CRC && name !== 'HEAD'
      return { ...answer, header: (name) => (isHidden(name) ? undefined : header(name)) }
    })
    expect(await (await finish(world, 10)).outcome).toMatchObject({ verified: true })
  })
})

describe('a part that OSS lost', () => {
  const INVALID = reply(400, '<Error><Code>InvalidPart</Code></Error>')

  function setUpLosing(times: number, interfere: Interference = () => undefined): World {
    let losses = 0
    const world: World = setUp((record) => {
      if (record.name !== 'POST ?uploadId' || losses === times) return interfere(record)
      losses++
      for (const { parts } of world.oss.uploads.values()) parts.delete(2)
      return INVALID
    })
    return world
  }

  it('is sent again alone, and the upload completed once more', async () => {
    const { outcome, names, isWhole } = await finish(setUpLosing(1))
    expect(await outcome).toMatchObject({ verified: true })
    expect(isWhole).toBe(true)
    expect(names.filter((name) => name.startsWith('PUT'))).toHaveLength(5)
  })

  it('takes all others with it where parts may not be listed', async () => {
    const world = setUpLosing(1, (record) => (isList(record) ? DENIED : undefined))
    const { outcome, names, isWhole } = await finish(world)
    expect(await outcome).toMatchObject({ verified: true })
    expect(isWhole).toBe(true)
    expect(names.filter((name) => name.startsWith('PUT'))).toHaveLength(8)
  })

  it('fails the upload when it is lost every time', async () => {
    const { outcome, names } = await finish(setUpLosing(Number.POSITIVE_INFINITY))
    await expect(outcome).rejects.toMatchObject({ ossCode: 'InvalidPart' })
    expect(names.filter((name) => name === 'PUT ?partNumber=2')).toHaveLength(3)
  })
})

it('finds its object where nothing may be overwritten and the answer to Complete was lost', async () => {
  let isFirst = true
  const world: World = setUp(async ({ name, request }) => {
    if (name !== 'POST ?uploadId') return undefined
    if (!isFirst) return reply(409, '<Error><Code>FileAlreadyExists</Code></Error>')
    isFirst = false
    await world.oss.answer(request)
    return reply(502, '<html>')
  })
  expect(await (await finish(world)).outcome).toMatchObject({ verified: true })
})
