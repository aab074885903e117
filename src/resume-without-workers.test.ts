import { expect, it } from 'vitest'
import { OssNetworkError, OssProtocolError } from './errors.js'
import { aliOssCheckpoint, fileOf, NEVER, SIZE, setUpDevices } from './testing/devices.js'
import { PART } from './testing/small-uploader.js'

const FORBIDDEN = new OssProtocolError('no worker', { code: 'protocol', retryable: false })

/** A page whose policy forbids workers computes CRC-64 on its own thread, and refuses MD5. */
function setUp(refusal: Error = FORBIDDEN) {
  let isFirstVisit = false
  const world = setUpDevices(({ name }) =>
    isFirstVisit && name === 'PUT ?partNumber=4' ? NEVER : undefined,
  )
  const md5 = async () => {
    throw refusal
  }
  const hasher = { ...world.hasher, md5 }
  return {
    ...world,
    hasher,
    /** Uploads three parts and is reloaded. */
    async dieHalfWay() {
      isFirstVisit = true
      const { uploader, checkpoints } = world.device({ parallel: 1 }, undefined, { hasher })
      uploader.upload(fileOf(SIZE), { key: 'a.bin' })
      await world.clock.advance(1000)
      world.requests.length = 0
      isFirstVisit = false
      return world.device({}, checkpoints, { hasher }).uploader
    },
  }
}

it.each([
  ['', FORBIDDEN],
  [' now', new OssNetworkError('no worker', { code: 'network', retryable: true })],
])('goes on where MD5 cannot be computed%s: CRC-64 proves the parts', async (_when, refusal) => {
  const world = setUp(refusal)
  const uploader = await world.dieHalfWay()
  const { done } = uploader.upload(fileOf(SIZE), { key: 'a.bin' })
  expect((await done).verified).toBe(true)
  expect(world.sentParts()).toEqual(['4', '5', '6'])
})

it('still refuses another file there', async () => {
  const world = setUp()
  const [saved] = await (await world.dieHalfWay()).resumable()
  const other = fileOf(SIZE, 99_999, PART + 99_999, 2 * PART + 99_999)
  const task = await saved?.resume(other)
  await expect(task?.done).rejects.toMatchObject({ code: 'different-file' })
  expect(world.sentParts()).toEqual([])
})

it("goes on with ali-oss's upload there, where OSS may list its parts", async () => {
  const world = setUp()
  const checkpoint = await aliOssCheckpoint(await world.beginElsewhere())
  const { uploader } = world.device({}, undefined, { hasher: world.hasher })
  const options = { key: 'a.bin', aliOssCheckpoint: checkpoint }
  expect((await uploader.upload(fileOf(SIZE), options).done).verified).toBe(true)
  expect(world.sentParts()).toEqual(['4', '5', '6'])
})
