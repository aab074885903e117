import { appendFile } from 'node:fs/promises'
import { LOOPBACK_RULE } from '../demo/oss-server/cors.js'
import { MIB, sha256OfFile, writeFileOf } from './support/files.js'
import { expect, sha256OfObject, test } from './support/fixtures.js'
import { outcomeOfTask, startTask, uploadFrom } from './support/harness.js'
import { PREFIX, startApp, startOss } from './support/servers.js'
import { createWatch, isPartAfter } from './support/watch.js'

const OPTIONS = { partSize: MIB, multipartThreshold: 0, parallel: 2 }
const ETAG_LINE = '<ExposeHeader>ETag</ExposeHeader>'
const CRC_LINE = '<ExposeHeader>x-oss-hash-crc64ecma</ExposeHeader>'

test('stores a whole, verified object where the CORS rule exposes nothing, and says which lines are missing', async ({
  page,
  folder,
  harnessDir,
}) => {
  const oss = await startOss({ corsRules: [{ ...LOOPBACK_RULE, exposeHeaders: [] }] })
  const app = await startApp(oss, harnessDir)
  try {
    const warnings: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'warning') warnings.push(message.text())
    })
    await page.goto(app.url)
    const path = await writeFileOf(folder, 'hidden.bin', 3 * MIB + 17)
    await page.getByLabel('Files').setInputFiles(path)
    const upload = { size: 0, options: OPTIONS }
    const { result } = await uploadFrom(page, upload, 'chosen')
    expect(result).toMatchObject({ verified: true })
    expect(await sha256OfObject(oss, `${PREFIX}file.bin`)).toBe(await sha256OfFile(path))
    expect(warnings).toHaveLength(2)
    expect(warnings.join()).toContain(ETAG_LINE)
    expect(warnings.join()).toContain(CRC_LINE)
  } finally {
    await app.close()
    await oss.close()
  }
})

test('names the missing line where the token may not list parts either', async ({
  page,
  harnessDir,
}) => {
  const oss = await startOss({
    corsRules: [{ ...LOOPBACK_RULE, exposeHeaders: [] }],
    rolePolicy: {
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: ['oss:PutObject'], Resource: ['*'] }],
    },
  })
  const app = await startApp(oss, harnessDir)
  try {
    await page.goto(app.url)
    const { error } = await uploadFrom(page, { size: 3 * MIB, options: OPTIONS })
    expect(error).toMatchObject({ name: 'OssProtocolError', code: 'cors' })
    expect(error?.message).toContain(ETAG_LINE)
  } finally {
    await app.close()
    await oss.close()
  }
})

test('tells a file that was written to while it was uploaded from a line that broke', async ({
  page,
  folder,
  harnessDir,
}) => {
  const watch = createWatch()
  const oss = await startOss({ faults: watch.faults })
  const app = await startApp(oss, harnessDir)
  try {
    await page.goto(app.url)
    const path = await writeFileOf(folder, 'edited.bin', 4 * MIB)
    await page.getByLabel('Files').setInputFiles(path)
    const hold = watch.hold('beforeAuth', isPartAfter(2))
    await startTask(page, { ...OPTIONS, parallel: 1 })
    await hold.reached
    await appendFile(path, 'more')
    hold.drop()
    expect(await outcomeOfTask(page)).toEqual({ status: 'failed', code: 'file-changed' })
    expect(await oss.readObject(`${PREFIX}edited.bin`)).toBeUndefined()
  } finally {
    await app.close()
    await oss.close()
  }
})
