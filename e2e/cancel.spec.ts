import { startCountingProxy } from './support/counting-proxy.js'
import { demoPage } from './support/demo-page.js'
import { MIB, writeFileOf } from './support/files.js'
import { expect, test } from './support/fixtures.js'
import { PREFIX, startApp, startOss } from './support/servers.js'
import { throttleInBrowser } from './support/throttle.js'

const SILENT_AFTER_MS = 50

test('cancelling half-way silences the line within 50 ms and leaves no upload behind', async ({
  page,
  folder,
}) => {
  const oss = await startOss()
  const proxy = await startCountingProxy(oss.endpoint)
  const app = await startApp(oss, '.demo-dist', { ossEndpoint: proxy.endpoint })
  try {
    const path = await writeFileOf(folder, 'film.bin', 24 * MIB)
    const demo = demoPage(page)
    await demo.open(app.url)
    await throttleInBrowser(page, 6 * MIB)
    await demo.choose(path)
    const progress = page.getByRole('progressbar', { name: 'film.bin' })
    await expect
      .poll(() => progress.evaluate((bar: HTMLProgressElement) => bar.value / bar.max), {
        timeout: 20_000,
      })
      .toBeGreaterThan(0.5)

    const cancel = page.getByRole('button', { name: 'Cancel film.bin' })
    const cancelledAtMs = await cancel.evaluate((button) => {
      const atMs = Date.now()
      ;(button as HTMLButtonElement).click()
      return atMs
    })
    await expect(demo.row('film.bin').getByText('Cancelled')).toBeVisible()
    await expect.poll(() => oss.listUploads()).toEqual([])

    const before = proxy.sent.filter(({ atMs }) => atMs <= cancelledAtMs)
    expect(before.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(8 * MIB)
    // What may still be said is that the upload is to be aborted.
    const afterMs = proxy.sent
      .filter(({ requestLine }) => !/^(OPTIONS|DELETE) /.test(requestLine ?? ''))
      .map(({ notBeforeMs }) => notBeforeMs - cancelledAtMs)
    expect(afterMs.filter((ms) => ms > SILENT_AFTER_MS)).toEqual([])
    const after = proxy.sent.filter(({ atMs }) => atMs > cancelledAtMs)
    expect(after.some(({ requestLine }) => requestLine?.startsWith('DELETE '))).toBe(true)
    expect(await oss.readObject(`${PREFIX}film.bin`)).toBeUndefined()
  } finally {
    await app.close()
    await proxy.close()
    await oss.close()
  }
})
