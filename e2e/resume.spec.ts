import { writeFile } from 'node:fs/promises'
import { demoPage } from './support/demo-page.js'
import { MIB, sha256OfFile, writeFileOf } from './support/files.js'
import { expect, sha256OfObject, test, uploadsOf } from './support/fixtures.js'
import { outcomeOfTask, startTask } from './support/harness.js'
import { abortAsOwner } from './support/owner.js'
import { recorded, recordedParts } from './support/records.js'
import { PREFIX, startApp } from './support/servers.js'
import { uploadUpTo } from './support/upload-up-to.js'
import { isOperation, isPartAfter, partsOfVisit } from './support/watch.js'

const NAME = 'film.bin'
const KEY = PREFIX + NAME
const SIZE = 12 * MIB
const PARTS = 12
const HELD = 7
const OFFER = `Unfinished: 7.3 MB of 12.6 MB`

for (const [how, comesBack] of [
  ['after a reload', 'reload'],
  ['when the tab was closed and the page is opened again', 'reopen'],
] as const) {
  test(`${how} the same file goes on where it was, and no part OSS holds is sent again`, async ({
    page: first,
    context,
    folder,
    watched: { oss, watch, demoUrl },
  }) => {
    const path = await writeFileOf(folder, NAME, SIZE)
    await demoPage(first).open(`${demoUrl}?partSize=${MIB}`)
    const parts = await uploadUpTo(HELD, { page: first, path, watch })
    if (comesBack === 'reload') await first.reload()
    else await first.close()
    const since = watch.events.length
    const page = comesBack === 'reload' ? first : await context.newPage()
    const demo = demoPage(page)
    // With other settings than it began with: what is begun keeps its part size.
    if (comesBack === 'reopen') await demo.open(demoUrl)

    await expect(demo.row(NAME).getByText(OFFER)).toBeVisible()
    // Not before: Chromium itself sends again what a closing tab had on a line that broke.
    parts.drop()
    await page.getByLabel(`File of ${NAME}`).setInputFiles(path)
    await demo.expectStored(NAME)
    const visit = partsOfVisit(watch.events, since)
    expect(visit.held).toHaveLength(HELD)
    expect(visit.sentInVain).toEqual([])
    expect(visit.sent).toHaveLength(PARTS - HELD)
    const initiated = watch.events.filter(isOperation('InitiateMultipartUpload'))
    expect(initiated.filter(({ moment }) => moment === 'kept')).toHaveLength(1)
    expect(await sha256OfObject(oss, KEY)).toBe(await sha256OfFile(path))
    await expect.poll(() => recorded(page)).toEqual({ records: 0, parts: 0 })
  })
}

test('another file is refused with the reason, and nothing is sent', async ({
  page,
  folder,
  watched: { oss, watch, demoUrl },
}) => {
  const path = await writeFileOf(folder, NAME, SIZE)
  const demo = demoPage(page)
  await demo.open(`${demoUrl}?partSize=${MIB}`)
  const parts = await uploadUpTo(HELD, { page, path, watch })
  await page.reload()
  parts.drop()
  const shorter = await writeFileOf(folder, 'shorter.bin', SIZE - 1)
  const edited = await writeFileOf(folder, 'edited.bin', SIZE)
  await writeFile(edited, Buffer.alloc(100, 1), { flag: 'r+' })
  const since = watch.events.length
  for (const [other, how] of [
    [shorter, 'is shorter'],
    [edited, 'has other bytes'],
  ] as const) {
    await page.getByLabel(`File of ${NAME}`).setInputFiles(other)
    await expect(demo.row(NAME).getByText(how)).toBeVisible()
    await page.reload()
  }
  expect(partsOfVisit(watch.events, since).sent).toEqual([])
  await page.getByRole('button', { name: `Discard ${NAME}` }).click()
  await expect(demo.row(NAME)).toBeHidden()
  await expect.poll(() => uploadsOf(oss, KEY)).toEqual([])
})

test('a file edited while its upload is paused fails with the reason, and no object of mixed bytes is made', async ({
  page,
  folder,
  harnessDir,
  watched: { oss, watch },
}) => {
  const app = await startApp(oss, harnessDir)
  try {
    const path = await writeFileOf(folder, NAME, SIZE)
    await page.goto(app.url)
    await page.getByLabel('Files').setInputFiles(path)
    const parts = watch.hold('beforeCommit', isPartAfter(HELD))
    await startTask(page, { partSize: MIB })
    await parts.reached
    await expect.poll(() => recordedParts(page)).toBe(HELD)
    await page.evaluate(() => window.task.pause())
    parts.drop()
    // One byte, of a part that OSS has already; the size stays.
    await writeFile(path, Buffer.alloc(1, 7), { flag: 'r+' })
    await page.evaluate(() => window.task.resume())
    expect(await outcomeOfTask(page)).toEqual({ status: 'failed', code: 'file-changed' })
    expect(watch.events.filter(isOperation('CompleteMultipartUpload'))).toEqual([])
    expect(await oss.readObject(KEY)).toBeUndefined()

    // Chosen again, the edited file is a new one: the parts of the old one are not used.
    await page.getByLabel('Files').setInputFiles(path)
    await startTask(page, { partSize: MIB })
    expect(await outcomeOfTask(page)).toEqual({ status: 'succeeded' })
    expect(await sha256OfObject(oss, KEY)).toBe(await sha256OfFile(path))
    await expect.poll(() => uploadsOf(oss, KEY)).toEqual([])
  } finally {
    await app.close()
  }
})

for (const [when, isUnderWay] of [
  ['while the page was away', false],
  ['while it goes on', true],
] as const) {
  test(`an upload that OSS aborted ${when} starts afresh, and the object is whole`, async ({
    page,
    folder,
    watched: { oss, watch, demoUrl },
  }) => {
    const path = await writeFileOf(folder, NAME, SIZE)
    const demo = demoPage(page)
    await demo.open(`${demoUrl}?partSize=${MIB}`)
    const parts = await uploadUpTo(HELD, { page, path, watch })
    await page.reload()
    const [uploadId = ''] = await uploadsOf(oss, KEY)
    if (!isUnderWay) await abortAsOwner(oss, KEY, uploadId)
    parts.drop()
    const more = isUnderWay ? watch.hold('beforeAuth', isPartAfter(HELD)) : undefined
    await page.getByLabel(`File of ${NAME}`).setInputFiles(path)
    if (more) {
      await more.reached
      await abortAsOwner(oss, KEY, uploadId)
      more.drop()
    }
    await demo.expectStored(NAME)
    const initiated = watch.events.filter(isOperation('InitiateMultipartUpload'))
    expect(initiated.filter(({ moment }) => moment === 'kept')).toHaveLength(2)
    expect(await sha256OfObject(oss, KEY)).toBe(await sha256OfFile(path))
    expect(await uploadsOf(oss, KEY)).toEqual([])
    await expect.poll(() => recorded(page)).toEqual({ records: 0, parts: 0 })
  })
}
