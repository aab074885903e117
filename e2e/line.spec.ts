import type { Page } from '@playwright/test'
import { ConnectionDrop } from '../demo/oss-server/faults.js'
import type { FaultSource } from '../demo/oss-server/server.js'
import { expect, test } from './support/fixtures.js'
import { uploadFrom } from './support/harness.js'
import { startApp, startOss } from './support/servers.js'

const KEY = 'u/tester/file.bin'

/** A harness page of its own on a local OSS that makes this trouble. */
async function withFaults(
  { page, harnessDir }: { page: Page; harnessDir: string },
  faults: FaultSource,
  story: (oss: Awaited<ReturnType<typeof startOss>>) => Promise<void>,
): Promise<void> {
  const oss = await startOss({ faults })
  const app = await startApp(oss, harnessDir)
  try {
    await page.goto(app.url)
    await story(oss)
  } finally {
    await app.close()
    await oss.close()
  }
}

const stateOf = (page: Page) =>
  page.evaluate(() => `${window.task.state.status} ${window.task.state.waitingFor}`)

test('a page that goes offline waits for the network, and goes on by itself', async ({
  page,
  context,
  harnessDir,
}) => {
  let isCut = false
  const faults: FaultSource = {
    // Requests on the wire go on when the page is set offline: a cut cable takes them with it.
    beforeCommit({ operation, query }) {
      if (operation === 'UploadPart' && query.get('partNumber') === '4' && !isCut) {
        isCut = true
        return context.setOffline(true).then(() => {
          throw new ConnectionDrop()
        })
      }
    },
  }
  await withFaults({ page, harnessDir }, faults, async (oss) => {
    await page.evaluate(async () => {
      const config = await (await fetch('/api/oss/config')).json()
      const uploader = window.library.createUploader({
        ...config,
        credentials: '/api/oss/credentials',
        partSize: 102_400,
        parallel: 1,
      })
      const file = new Blob([new Uint8Array(900_000)])
      window.task = uploader.upload(file, { key: `${config.prefix}file.bin` })
    })
    await expect.poll(() => stateOf(page)).toBe('waiting network')
    const before = oss.requests.length
    await context.setOffline(false)
    expect(await page.evaluate(async () => (await window.task.done).verified)).toBe(true)
    // Chromium itself repeats a request whose connection was cut before the answer.
    const parts = oss.requests
      .slice(before)
      .filter(({ operation }) => operation === 'UploadPart')
      .flatMap(({ query: { partNumber } }) => (partNumber ? [partNumber] : []))
    expect(parts.at(-1)).toBe('9')
    expect(new Set(parts).size).toBe(parts.length)
  })
})

test('a proxy that resets the first bodies is no CORS problem, and is got past', async ({
  page,
  harnessDir,
}) => {
  let resets = 9
  const faults: FaultSource = {
    beforeCommit({ operation }) {
      if (operation === 'PutObject' && resets-- > 0) throw new ConnectionDrop()
    },
  }
  await withFaults({ page, harnessDir }, faults, async () => {
    const { result, error } = await uploadFrom(page, { size: 3_000_000 })
    expect(error).toBeUndefined()
    expect(result).toMatchObject({ key: KEY, verified: true })
    expect(resets).toBeLessThan(0)
  })
})

test('CORS headers that are missing on every answer, but not on the preflight, are told', async ({
  page,
  harnessDir,
}) => {
  const faults: FaultSource = {
    response(target, reply) {
      if (target.method === 'OPTIONS') return reply
      const headers = Object.fromEntries(
        Object.entries(reply.headers ?? {}).filter(([name]) => !/^access-control-/i.test(name)),
      )
      return { ...reply, headers }
    },
  }
  await withFaults({ page, harnessDir }, faults, async () => {
    const { error } = await uploadFrom(page, { size: 3_000_000 })
    expect(error).toMatchObject({ name: 'OssNetworkError', code: 'cors' })
  })
})
