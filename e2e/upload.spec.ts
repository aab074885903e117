import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { demoPage } from './support/demo-page.js'
import { devtools } from './support/devtools.js'
import { GIB, MIB, sha256OfFile, writeFileOf, writeSparseFile } from './support/files.js'
import { expect, sha256OfObject, test } from './support/fixtures.js'
import { PREFIX } from './support/servers.js'

const SIZES = [
  ['0 B', 0],
  ['1 B', 1],
  ['102,399 B', 102_399],
  ['1 MiB + 1', MIB + 1],
  ['4 MiB exactly', 4 * MIB],
  ['4 MiB + 1', 4 * MIB + 1],
  ['300 MiB', 300 * MIB],
] as const

for (const [label, size] of SIZES) {
  test(`a chosen file of ${label} lands in OSS byte for byte`, async ({
    page,
    oss,
    demoUrl,
    folder,
  }) => {
    const name = `file-${size}.bin`
    const path = await writeFileOf(folder, name, size)
    const demo = demoPage(page)
    await demo.open(demoUrl)
    await demo.choose(path)
    await demo.expectStored(name, 60_000)
    expect(await sha256OfObject(oss, PREFIX + name)).toBe(await sha256OfFile(path))
    await expect(demo.fact(name, 'Key')).toHaveText(PREFIX + name)
    await expect(demo.fact(name, 'Size')).toHaveText(`${size} ${size === 1 ? 'byte' : 'bytes'}`)
    const { headers = {} } = (await oss.readObject(PREFIX + name)) ?? {}
    await expect(demo.fact(name, 'CRC-64')).toHaveText(headers['x-oss-hash-crc64ecma'] ?? 'none')
    await expect(demo.fact(name, 'ETag')).toHaveText(headers['ETag'] ?? headers['etag'] ?? 'none')
  })
}

test('a sparse file of 5 GiB lands in OSS byte for byte @on-demand', async ({
  page,
  oss,
  demoUrl,
  folder,
}) => {
  test.setTimeout(600_000)
  const path = await writeSparseFile(folder, 'huge.bin', 5 * GIB)
  const demo = demoPage(page)
  await demo.open(demoUrl)
  await demo.choose(path)
  await demo.expectStored('huge.bin', 500_000)
  expect(await sha256OfObject(oss, `${PREFIX}huge.bin`)).toBe(await sha256OfFile(path))
})

test('several files go side by side, each to its own key', async ({
  page,
  oss,
  demoUrl,
  folder,
}) => {
  const names = ['one.bin', 'two.bin', 'three.bin', 'four.bin', 'five.bin', 'six.bin', 'seven.bin']
  const paths = await Promise.all(
    names.map((name, index) => writeFileOf(folder, name, (index + 1) * 3 * MIB)),
  )
  const demo = demoPage(page)
  await demo.open(demoUrl)
  await demo.choose(...paths)
  for (const path of paths) {
    const name = basename(path)
    await demo.expectStored(name)
    expect(await sha256OfObject(oss, PREFIX + name)).toBe(await sha256OfFile(path))
  }
})

test('a file dropped on the page is uploaded like a chosen one', async ({
  page,
  oss,
  demoUrl,
  folder,
}) => {
  const path = await writeFileOf(folder, 'dropped.bin', 9 * MIB)
  const demo = demoPage(page)
  await demo.open(demoUrl)
  const session = await devtools(page)
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 300, y: 400, data })
  }
  await demo.expectStored('dropped.bin')
  expect(await sha256OfObject(oss, `${PREFIX}dropped.bin`)).toBe(await sha256OfFile(path))
})

test('the link at the end opens what was stored', async ({ page, demoUrl, folder }) => {
  const path = join(folder, 'open me.txt')
  await writeFile(path, 'what was stored')
  const demo = demoPage(page)
  await demo.open(demoUrl)
  await demo.choose(path)
  await demo.expectStored('open me.txt')
  const opened = page.waitForEvent('popup')
  await page.getByRole('link', { name: 'Open open me.txt' }).click()
  await expect((await opened).getByText('what was stored')).toBeVisible()
})

const KEYS = [
  'with space.txt',
  'a+b.txt',
  '100%.txt',
  '%41.txt',
  '旅行/照片.jpg',
  '🎬 film.mp4',
  "it's (really)*!~.txt",
  'double//slash.txt',
  'back\\slash.txt',
  'question?&=#hash.txt',
]

for (const key of KEYS) {
  test(`the key ${key} arrives as it was written`, async ({ harness, oss }) => {
    const stored = await harness.evaluate(
      async ({ key }) => {
        const config = await (await fetch('/api/oss/config')).json()
        const uploader = window.library.createUploader({
          ...config,
          credentials: '/api/oss/credentials',
          partSize: 102_400,
          multipartThreshold: 102_400,
        })
        const small = new Blob(['small'])
        const large = new Blob([new Uint8Array(250_000)])
        await uploader.upload(small, { key: `${config.prefix}put/${key}` }).done
        const result = await uploader.upload(large, { key: `${config.prefix}parts/${key}` }).done
        return { key: result.key, verified: result.verified }
      },
      { key },
    )
    expect(stored).toEqual({ key: `${PREFIX}parts/${key}`, verified: true })
    expect((await oss.readObject(`${PREFIX}put/${key}`))?.size).toBe(5)
    expect((await oss.readObject(`${PREFIX}parts/${key}`))?.size).toBe(250_000)
  })
}
