import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBench } from './driver/open-bench.js'
import { writeFiles } from './files.js'
import { jobOf, measureUpload } from './measure-upload.js'
import { startDrainServer } from './server/start.js'
import type { Variant } from './variants.js'

const KIB = 1024
const SIZE = 700 * KIB + 17
const PARTS = { partSize: 100 * KIB, parallel: 3 }
const LIMIT_MS = 60_000

describe('the benchmark', { timeout: LIMIT_MS }, () => {
  let bench: Awaited<ReturnType<typeof openBench>>
  let server: Awaited<ReturnType<typeof startDrainServer>>
  let paths: string[]

  beforeAll(async () => {
    ;[bench, server] = await Promise.all([openBench(), startDrainServer()])
    paths = await writeFiles(bench.folder, 1, SIZE)
  }, 2 * LIMIT_MS)

  afterAll(async () => {
    await Promise.all([server?.close(), bench?.close()])
  })

  const upload = (variant: Variant) =>
    measureUpload(bench, server, variant, {
      paths,
      bytes: SIZE,
      prefix: `${variant.client}/`,
      limitMs: LIMIT_MS,
    })

  test('counts what the bare loop sends and what it costs', async () => {
    const sample = await upload({ name: 'bare', client: 'bare', settings: PARTS })
    expect(sample.traffic).toMatchObject({ requests: { OPTIONS: 8, PUT: 8 }, bodyBytes: SIZE })
    expect(sample.traffic.maxBodies).toBeLessThanOrEqual(3)
    expect(sample.traffic.answeredAt).toHaveLength(8)
    expect(sample.wallMs).toBeGreaterThan(0)
    expect(sample.mainCpuMs).toBeGreaterThan(0)
    expect(sample.mainCpuMs).toBeLessThanOrEqual(sample.mainMs)
    if (process.platform !== 'linux') return
    expect(sample.cpuMs).toBeGreaterThan(0)
    expect(sample.grownBytes).toBeLessThan(64 * 1024 * KIB)
  })

  test('has the objects of this library verified', async () => {
    const sample = await upload({ name: 'ours', client: 'library', settings: PARTS })
    expect(sample.traffic.requests).toEqual({ OPTIONS: 10, POST: 2, PUT: 8 })
  })

  test.each(['ali-oss', 'uppy', 'cos'] as const)('uploads with %s', async (client) => {
    const sample = await upload({ name: client, client, settings: {} })
    expect(sample.traffic.bodyBytes).toBeGreaterThanOrEqual(SIZE)
  })

  test('says when a client fails', async () => {
    const tab = await bench.openTab()
    await tab.choose(paths)
    await tab.evaluate(`bench.load('bare')`, LIMIT_MS)
    const job = JSON.stringify(jobOf('http://127.0.0.1:9', 'refused/', {}))
    await expect(tab.evaluate(`bench.run(${job})`, LIMIT_MS)).rejects.toThrow('no answer')
    await tab.close()
  })
})
