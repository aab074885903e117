import { MIB, sha256OfFile, writeFileOf } from '../support/files.js'
import { sha256OfObject } from '../support/fixtures.js'
import { PREFIX } from '../support/servers.js'
import { throttleUploads } from '../support/throttle.js'
import { expect, test } from './fixtures.js'
import { pickerPage } from './picker-page.js'

test('a picker that takes the place of another shows and steers what that one had not finished', async ({
  page,
  pagesUrl,
  folder,
  oss,
}) => {
  await page.goto(`${pagesUrl}/plain.html?partSize=${MIB}`)
  const { choose, row, rows, button } = pickerPage(page)
  await choose(await writeFileOf(folder, 'done.bin', 1000))
  await expect(row('done.bin')).toContainText('Uploaded')
  await throttleUploads(page, 4 * MIB)
  const path = await writeFileOf(folder, 'moving.bin', 16 * MIB)
  await choose(path)
  await expect(row('moving.bin')).toContainText('Uploading')
  await page.evaluate(() => {
    const { picker } = window
    const next = document.createElement('oss-upload-picker')
    next.uploader = picker.uploader
    next.keyPrefix = picker.keyPrefix
    picker.replaceWith(next)
  })
  await expect(rows).toHaveCount(1)
  await button('Pause moving.bin').click()
  await expect(row('moving.bin')).toContainText('Paused')
  await throttleUploads(page, -1)
  await button('Resume moving.bin').click()
  await expect(row('moving.bin')).toContainText('Uploaded', { timeout: 20_000 })
  expect(await sha256OfObject(oss, `${PREFIX}moving.bin`)).toBe(await sha256OfFile(path))
})
