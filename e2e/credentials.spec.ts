import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MIB, writeFileOf } from './support/files.js'
import { expect, test } from './support/fixtures.js'
import { uploadFrom } from './support/harness.js'
import { handedOutSecrets, startApp, startOss } from './support/servers.js'

const PARTS = { partSize: 102_400, multipartThreshold: 102_400 }

test('all uploads of a page share one answer of the app server', async ({ harness }) => {
  let asked = 0
  await harness.route('**/api/oss/credentials', async (route) => {
    asked++
    await route.continue()
  })
  const verified = await harness.evaluate(async () => {
    const config = await (await fetch('/api/oss/config')).json()
    const uploader = window.library.createUploader({
      ...config,
      credentials: '/api/oss/credentials',
    })
    const tasks = Array.from({ length: 20 }, (_, index) =>
      uploader.upload(new Blob([`file ${index}`]), { key: `${config.prefix}many/${index}` }),
    )
    const results = await Promise.all(tasks.map((task) => task.done))
    return results.every((result) => result.verified)
  })
  expect(verified).toBe(true)
  expect(asked).toBe(1)
})

test('credentials that ended on the way are renewed once, and no part is lost', async ({
  page,
  harnessDir,
}) => {
  const oss = await startOss()
  const app = await startApp(oss, harnessDir)
  try {
    const given: Parameters<typeof oss.keys.add>[0][] = []
    const { add } = oss.keys
    oss.keys.add = (key) => {
      given.push(key)
      add(key)
    }
    await page.addInitScript(() => {
      const { fetch } = window
      const reasons: unknown[] = []
      Object.assign(window, { reasons })
      window.fetch = async (input, init) => {
        const request = new Request(input, init)
        const isMeant = request.url.endsWith('/api/oss/credentials')
        if (isMeant) reasons.push((await request.clone().json()).reason)
        return fetch(request)
      }
    })
    await page.goto(app.url)
    const uploading = page.evaluate(async (options) => {
      const config = await (await fetch('/api/oss/config')).json()
      const uploader = window.library.createUploader({
        ...config,
        ...options,
        credentials: '/api/oss/credentials',
      })
      await uploader.upload(new Blob(['first']), { key: `${config.prefix}first` }).done
      await new Promise((resolve) => Object.assign(window, { goOn: resolve }))
      const file = new Blob([new Uint8Array(2_000_000)])
      return (await uploader.upload(file, { key: `${config.prefix}long` }).done).verified
    }, PARTS)
    await page.waitForFunction(() => 'goOn' in window)
    const [held] = given
    if (!held) throw new Error('The local OSS does not know the credentials it was used with.')
    add({ ...held, expiresAt: Date.now() - 1000 })
    await page.evaluate(() => (window as unknown as { goOn: () => void }).goOn())
    expect(await uploading).toBe(true)
    const reasons = await page.evaluate(() => (window as { reasons?: string[] }).reasons)
    expect(reasons).toEqual(['first', 'rejected'])
    expect(given).toHaveLength(2)
    expect(oss.requests.filter(({ code }) => code === 'SecurityTokenExpired')).toHaveLength(1)
  } finally {
    await app.close()
    await oss.close()
  }
})

test('no credential is kept anywhere, and none can be read off the page', async ({
  harness,
  folder,
}) => {
  const logged: string[] = []
  harness.on('console', (message) => logged.push(message.text()))
  await harness.getByLabel('Files').setInputFiles(await writeFileOf(folder, 'a.bin', 9 * MIB))
  await uploadFrom(harness, { size: 0 }, 'chosen')
  const refused = await uploadFrom(harness, { size: 10, upload: { tags: { a: 'b' } } })
  await harness.evaluate(async () => {
    const config = await (await fetch('/api/oss/config')).json()
    const uploader = window.library.createUploader({
      ...config,
      credentials: '/api/oss/credentials',
      partSize: 102_400,
    })
    const key = `${config.prefix}unfinished.bin`
    const task = uploader.upload(new Blob([new Uint8Array(20_000_000)]), { key })
    await new Promise<void>((resolve) => {
      task.subscribe((state) => {
        if (state.canResumeAfterReload) resolve()
      })
    })
    task.pause()
  })
  const found = await harness.evaluate(async () => {
    const databases = await indexedDB.databases()
    const read = (name: string, store: string) =>
      new Promise<unknown[]>((resolve) => {
        const opening = indexedDB.open(name)
        opening.onsuccess = () => {
          const all = opening.result.transaction(store).objectStore(store).getAll()
          all.onsuccess = () => resolve(all.result)
        }
      })
    const stored = [
      await read('oss-direct-upload', 'checkpoints'),
      await read('oss-direct-upload-lines', 'lines'),
    ]
    return JSON.stringify({
      local: { ...localStorage },
      session: { ...sessionStorage },
      cookies: document.cookie,
      databases: databases.map(({ name }) => name),
      stored,
      caches: await caches.keys(),
      address: location.href,
      globals: Object.keys(window),
    })
  })
  const secrets = handedOutSecrets()
  expect(secrets.length).toBeGreaterThanOrEqual(3)
  expect(JSON.parse(found).databases.sort()).toEqual([
    'oss-direct-upload',
    'oss-direct-upload-lines',
  ])
  // What failed on the way is on record, to go on with.
  expect(found).toContain('unfinished.bin')
  for (const secret of secrets) {
    expect(found).not.toContain(secret)
    expect(JSON.stringify(refused)).not.toContain(secret)
    expect(logged.join()).not.toContain(secret)
  }
})

test('the page works under a strict policy with Trusted Types, and breaks none of it', async ({
  page,
  harnessUrl,
}) => {
  await page.addInitScript(() => {
    const violations: string[] = []
    Object.assign(window, { violations })
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      violations.push(`${violatedDirective} ${blockedURI}`),
    )
  })
  const started = page.waitForEvent('worker')
  await page.goto(harnessUrl)
  expect(
    (await uploadFrom(page, { size: 3 * 300 * 1024, options: { ...PARTS, partSize: 300 * 1024 } }))
      .result?.verified,
  ).toBe(true)
  expect((await started).url()).toContain('hash-worker')
  expect(
    await page.evaluate(() => (window as unknown as { violations: string[] }).violations),
  ).toEqual([])
})

test('where the policy forbids workers, CRC-64 is computed on the page itself', async ({
  page,
  oss,
  harnessDir,
}) => {
  // Some seconds long a worker that is refused may be one that the line did not bring.
  test.setTimeout(60_000)
  const html = await readFile(join(harnessDir, 'index.html'), 'utf8')
  const policy = `<meta http-equiv="Content-Security-Policy" content="worker-src 'none'">`
  await writeFile(join(harnessDir, 'no-worker.html'), html.replace('<head>', `<head>${policy}`))
  const app = await startApp(oss, harnessDir)
  try {
    await page.goto(`${app.url}/no-worker.html`)
    const { result } = await uploadFrom(page, { size: 250_000, options: PARTS })
    expect(result?.verified).toBe(true)
    expect(page.workers()).toEqual([])
    const options = { ...PARTS, verify: 'crc64+md5' } as const
    const { error } = await uploadFrom(page, { size: 250_000, options })
    expect(error?.message).toContain('worker-src')
  } finally {
    await app.close()
  }
})
