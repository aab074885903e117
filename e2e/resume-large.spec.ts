import { demoPage } from './support/demo-page.js'
import { sha256OfFile, writeFileOf } from './support/files.js'
import { expect, sha256OfObject, test, uploadsOf } from './support/fixtures.js'
import { recorded } from './support/records.js'
import { PREFIX } from './support/servers.js'
import { uploadUpTo } from './support/upload-up-to.js'
import { partsOfVisit } from './support/watch.js'

const NAME = 'archive.bin'
/** The smallest OSS takes. */
const PART_SIZE = 102_400
const PARTS = 1100
const HELD = 1010
/** Parts OSS lists at a time. */
const PAGE = 1000

test('an upload of 1,100 parts goes on after a reload with those OSS does not list on its two pages', async ({
  page,
  folder,
  watched: { oss, watch, demoUrl },
}) => {
  // A preflight and a request for each part: a busy machine takes its time.
  test.setTimeout(240_000)
  const path = await writeFileOf(folder, NAME, PARTS * PART_SIZE)
  const demo = demoPage(page)
  await demo.open(`${demoUrl}?partSize=${PART_SIZE}`)
  const parts = await uploadUpTo(HELD, { page, path, watch })
  await page.reload()
  parts.drop()
  const since = watch.events.length
  await page.getByLabel(`File of ${NAME}`).setInputFiles(path)
  await demo.expectStored(NAME, 120_000)

  const visit = partsOfVisit(watch.events, since)
  expect(visit.held).toHaveLength(HELD)
  expect(visit.pagesListed).toBe(Math.ceil(HELD / PAGE))
  expect(visit.sentInVain).toEqual([])
  expect(visit.sent).toHaveLength(PARTS - HELD)
  expect(await sha256OfObject(oss, PREFIX + NAME)).toBe(await sha256OfFile(path))
  expect(await uploadsOf(oss, PREFIX + NAME)).toEqual([])
  await expect.poll(() => recorded(page)).toEqual({ records: 0, parts: 0 })
})
